// Hostile mail in a real browser: 372 script payloads and 96 ways to make a browser ask a remote
// host. Each is delivered as a mail, opened as a reader opens it, and then each layer is tried alone:
// what the sanitiser leaves without any policy, and the raw payload behind the policy and the sandbox.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { connect, controlOf, signIn, until } from './steps.mjs';
import { Postroom, browser, person } from './world.mjs';

const corpora = resolve(import.meta.dirname, '../../../../shared/corpora');
const present = existsSync(corpora);
const why = present ? false : `the corpora of hostile mail are not at ${corpora}`;
const payloads = present
  ? ['xss.json', 'remote-content.json'].flatMap((f) => JSON.parse(readFileSync(resolve(corpora, f), 'utf8')).map((v) => v.html))
  : [];
let postroom, chromium, page, frames, ran, asked, server;

before(async () => {
  if (!present) return;
  postroom = await Postroom.start('demo');
  chromium = await browser();
  page = await person(chromium, { name: 'ada' });
  await page.context().addInitScript(() => {
    for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => console.log('SCRIPT RAN');
  });
  page.on('console', (m) => m.text().includes('SCRIPT RAN') && ran++);
  await page.context().route(/.*/, (route) => {
    const url = new URL(route.request().url());
    if (url.hostname === 'localhost' || url.hostname === '127.0.0.1' || url.protocol === 'data:') return route.continue();
    asked.push(url.href);
    return route.abort();
  });
  asked = [];
  ran = 0;
  await signIn(page, postroom.url, 'ada@contoso.example');
  await connect(page, postroom.url, 'ada@contoso.example');
  frames = await deliver();
});

after(async () => {
  await chromium?.close();
  await postroom?.stop();
  server?.close();
});

/** Delivers each payload as a mail and returns the address of each mail's document. */
async function deliver() {
  const control = controlOf(postroom);
  for (const [i, html] of payloads.entries()) {
    const raw = [`From: Mallory <mallory@evil.example>`, `To: ada@contoso.example`, `Subject: hostile ${i}`, `Message-ID: <hostile-${i}@evil.example>`,
      'MIME-Version: 1.0', 'Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: base64', '',
      Buffer.from(html).toString('base64').replace(/.{76}/g, '$&\r\n'), ''].join('\r\n');
    const r = await fetch(`${control}/deliver`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ address: 'ada@contoso.example', folder: 'Archive', raw }) });
    assert.equal(r.status, 200, await r.text());
  }
  const [box] = await get('/api/mailboxes');
  await page.evaluate((id) => fetch(`/api/mailboxes/${id}/sync`, { method: 'POST' }), box.id);
  const archive = box.folders.find((f) => f.role === 'archive');
  let ids = [];
  await until('all hostile mail is here', async () => {
    ids = [];
    for (let offset = 0; ; offset += 200) {
      const { messages } = await get(`/api/folders/${archive.id}/messages?limit=200&offset=${offset}`);
      ids.push(...messages.filter((m) => m.subject.startsWith('hostile ')).map((m) => m.id));
      if (messages.length < 200) return ids.length === payloads.length;
    }
  }, 90_000);
  return Promise.all(ids.map(async (id) => (await get(`/api/messages/${id}`)).frameUrl));
}

const get = (path) => page.evaluate((path) => fetch(path).then((r) => r.json()), path);

/** Shows addresses in frames like the reader's, some at a time, and lets each load and rest. */
async function show(urls, sandbox) {
  ran = 0;
  asked = [];
  for (let i = 0; i < urls.length; i += 52) {
    await page.evaluate(async ([urls, sandbox]) => {
      await Promise.all(urls.map((url) => new Promise((done) => {
        const frame = document.createElement('iframe');
        if (sandbox) frame.setAttribute('sandbox', sandbox);
        frame.onload = () => setTimeout(() => { frame.remove(); done(); }, 150); // time for what acts after loading
        frame.src = url;
        document.body.append(frame);
      })));
    }, [urls.slice(i, i + 52), sandbox]);
  }
  return { ran, asked: [...new Set(asked)] };
}

const readers = 'allow-popups allow-popups-to-escape-sandbox allow-scripts';

test('opened as a reader opens it, hostile mail runs nothing and asks nobody', { skip: why }, async () => {
  const seen = await show(frames, readers);
  console.log(`hostile_mails: ${frames.length}\nscripts_run: ${seen.ran}\nremote_requests: ${seen.asked.length}`);
  assert.deepEqual(seen, { ran: 0, asked: [] });
});

test('each layer alone holds', { skip: why }, async () => {
  const first = await page.evaluate((url) => fetch(url, { headers: { accept: 'text/html' } }).then((r) => r.headers.get('content-security-policy')), frames[0]);
  assert.match(first, /^sandbox /);
  const cleaned = await page.evaluate((urls) => Promise.all(urls.map((u) => fetch(u).then((r) => r.text()))), frames);
  server = createServer((req, res) => {
    const [, kind, i] = req.url.split('/');
    // The app's own policy says where its frames may go: a mail that navigates its frame is stopped there.
    const policy = { raw: first.replace(/frame-ancestors [^;]+/, 'frame-ancestors *'), app: `frame-src http://${req.headers.host}/raw/` }[kind];
    res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...(policy && { 'content-security-policy': policy }) });
    res.end(kind === 'raw' ? payloads[i] : kind === 'cleaned' ? cleaned[i] : '<title>layers</title>');
  });
  await new Promise((ok) => server.listen(0, '127.0.0.1', ok));
  const at = `http://127.0.0.1:${server.address().port}`;
  await page.goto(`${at}/empty/0`);
  const alone = await show(payloads.map((_, i) => `${at}/cleaned/${i}`), null);
  console.log(`sanitiser_alone_scripts: ${alone.ran}\nsanitiser_alone_requests: ${alone.asked.length}`);
  await page.goto(`${at}/app/0`);
  const policed = await show(payloads.map((_, i) => `${at}/raw/${i}`), readers);
  console.log(`policy_alone_scripts: ${policed.ran}\npolicy_alone_requests: ${policed.asked.length}`);
  assert.deepEqual(alone, { ran: 0, asked: [] });
  assert.equal(policed.ran, 0);
  assert.deepEqual(policed.asked, []);
});

test('the payloads are live: without any layer they run', { skip: why }, async () => {
  server.removeAllListeners('request');
  server.on('request', (req, res) => {
    res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    res.end(payloads[Number(req.url.slice(1))] ?? '<title>live</title>');
  });
  const at = `http://127.0.0.1:${server.address().port}`;
  await page.goto(`${at}/x`);
  const live = await show(payloads.map((_, i) => `${at}/${i}`), 'allow-scripts allow-same-origin');
  console.log(`unprotected_scripts: ${live.ran}\nunprotected_requests: ${live.asked.length}`);
  assert.ok(live.ran > 10 && live.asked.length > 20, 'or the tests above prove nothing');
});
