// How a mailbox fares, as its owner sees it: asked to wait, receive-only and back, paused, their side
// away and back, and the report that can be sent to whoever helps.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { connect, controlOf, signIn, until } from './steps.mjs';
import { Postroom, browser, person, shot } from './world.mjs';

const ada = 'ada@contoso.example';
let postroom, chromium, page, id;

const get = (path) => page.evaluate((path) => fetch(path).then((r) => r.json()), path);
const box = async () => (await get('/api/mailboxes')).find((b) => b.id === id);
const card = () => page.locator(`[data-mailbox="${id}"]`);
const button = (name) => card().getByRole('button', { name });
const inState = (state) => page.locator(`[data-mailbox="${id}"][data-state="${state}"]`).waitFor({ timeout: 40_000 });

async function control(path, method, body) {
  const r = await fetch(controlOf(postroom) + path, { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
  assert.ok(r.ok, await r.text());
}
const fault = (name, value = '', times = 0, scope = ada) => control('/faults', 'POST', { scope, fault: name, value, times });
const clear = (name, scope = ada) => control(`/faults?scope=${encodeURIComponent(scope)}&fault=${name}`, 'DELETE');

/** Queues a mail by the wire, as the composer does. */
const send = (subject) => page.evaluate(async ({ id, subject }) => {
  const r = await fetch('/api/outgoing', { method: 'POST', headers: { 'content-type': 'application/json', 'Idempotency-Key': crypto.randomUUID() }, body: JSON.stringify({ mailbox: id, to: [{ addr: 'grace@contoso.example' }], subject, text: 'Hello' }) });
  return (await r.json()).id;
}, { id, subject });

async function accessible(what) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  assert.deepEqual(violations.map((v) => `${what}: ${v.id}: ${v.nodes[0].html}`), []);
}

before(async () => {
  postroom = await Postroom.start('demo');
  chromium = await browser();
  page = await person(chromium, { name: 'ada' });
  await signIn(page, postroom.url, ada);
  await connect(page, postroom.url, ada);
  id = (await get('/api/mailboxes'))[0].id;
  await until('all mail is here', async () => (await box()).state === 'connected', 60_000);
  await page.goto(`${postroom.url}/settings/mailboxes`);
  await inState('connected');
});

after(async () => {
  await chromium?.close();
  await postroom?.stop();
});

test('a mailbox that was asked to wait counts down and goes on by itself', async () => {
  await fault('imap.throttle', '6000', 1);
  await button('Sync now').click();
  await inState('throttled');
  const line = card().getByText(/Microsoft asked us to wait 0:0\d/);
  await line.waitFor();
  const first = await line.innerText();
  await shot(page, 'health-throttled');
  await until('it counts down', async () => (await line.isVisible()) && (await line.innerText()) !== first);
  await inState('connected');
});

test('sending that was switched off makes it receive-only; switched on, it lights up', async () => {
  await fault('smtp.auth', 'tenant');
  const mail = await send('While sending is off');
  await inState('receive_only');
  await button('Copy message for your administrator').waitFor();
  await shot(page, 'health-receive-only');
  await accessible('receive-only');
  const before = (await box()).sendCheckedAt;
  await button('Check sending now').click();
  await until('it was looked at again', async () => (await box()).sendCheckedAt > before);
  assert.equal((await box()).state, 'receive_only');
  await clear('smtp.auth');
  await button('Check sending now').click();
  await inState('connected');
  await button('Check sending now').waitFor({ state: 'detached' });
  await page.evaluate((mail) => fetch(`/api/outgoing/${mail}/retry`, { method: 'POST' }), mail);
  await until('the mail left', async () => (await get(`/api/outgoing/${mail}`)).state === 'sent');
});

test('a paused mailbox rests, its mail waits, and both go on', async () => {
  await button('Pause').click();
  await inState('paused');
  const mail = await send('While it rests');
  await shot(page, 'health-paused');
  await accessible('paused');
  await page.goto(`${postroom.url}/outbox`);
  await page.locator(`[data-outgoing="${mail}"]`).getByText('Waiting: its mailbox is paused').waitFor();
  await page.goto(`${postroom.url}/settings/mailboxes`);
  await button('Go on').click();
  await inState('connected');
  await until('the mail left', async () => (await get(`/api/outgoing/${mail}`)).state === 'sent');
});

test('their side away is told with the next try, and their return at once', async () => {
  await fault('imap.unavailable', 'no');
  await button('Sync now').click();
  await inState('offline');
  await card().getByText(/Their side is away since .* · (next try in \d:\d\d|trying again)/).waitFor();
  await card().getByText('Nothing to do: it passes by itself').waitFor();
  await shot(page, 'health-offline');
  await clear('imap.unavailable');
  await button('Sync now').click();
  await inState('connected');
});

test('an expired client secret is nobody’s task but the operator’s', async () => {
  await fault('client.error', '7000222', 0, '*');
  await control('/expire', 'POST', { address: ada });
  await button('Sync now').click();
  await inState('needs_operator');
  await shot(page, 'health-operator');
  await clear('client.error', '*');
  await button('Sync now').click();
  await inState('connected');
});

test('the bar, the details and the report tell what was, without secrets', async () => {
  const bar = card().getByRole('img', { name: /^The last 30 days: / });
  const words = await bar.getAttribute('aria-label');
  for (const part of ['Connected', 'Asked to wait', 'Receives, cannot send', 'Paused', 'Their side away']) assert.ok(words.includes(part), words);
  await card().getByText('Connection details').click();
  await card().getByText('Not signed in for sending').first().waitFor();
  await card().getByText('Signed in for receiving').first().waitFor();
  await shot(page, 'health-details');
  await accessible('details');
  const [download] = await Promise.all([page.waitForEvent('download'), card().getByRole('link', { name: 'Download' }).click()]);
  const report = await readFile(await download.path(), 'utf8');
  assert.match(report, /Mailbox +ada@contoso\.example/);
  assert.match(report, /receive_only/);
  assert.match(report, /Request is throttled/);
  for (const secret of [/eyJ[A-Za-z0-9_-]{10}/, /Bearer\s+[A-Za-z0-9]/i, /grace@/, /While it rests/, /[A-Za-z0-9+/=_-]{60}/]) assert.doesNotMatch(report, secret);
});

test('older mail is fetched when it is asked for', async () => {
  await page.evaluate((id) => fetch(`/api/mailboxes/${id}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ since: Date.now() - 86_400_000 }) }), id);
  await button('Fetch older mail too').click();
  await page.getByRole('menuitem', { name: 'everything' }).click();
  await until('all is wanted', async () => (await box()).since === 0);
  await card().getByText('the beginning').waitFor();
});

test('whoever looks after all mailboxes finds the one that is not well', async () => {
  await fault('imap.unavailable', 'no');
  await button('Sync now').click();
  await inState('offline');
  await page.goto(`${postroom.url}/settings/all-mailboxes`);
  const line = page.locator(`[data-fleet="${id}"]`);
  await line.getByText('Their side away').waitFor();
  await page.getByRole('button', { name: /^Need somebody/ }).click();
  await page.getByText('No mailbox here').waitFor();
  await page.getByRole('button', { name: /^Waiting/ }).click();
  await page.getByRole('searchbox', { name: 'Search mailboxes' }).fill('does not answer');
  await line.waitFor();
  await shot(page, 'health-fleet');
  await accessible('all mailboxes');
  await clear('imap.unavailable');
  await line.getByRole('button', { name: /^Sync ada/ }).click();
  await page.getByRole('button', { name: /^All/ }).click();
  await page.getByRole('searchbox', { name: 'Search mailboxes' }).fill('');
  await until('it is well', async () => (await box()).state === 'connected');
  for (const look of [{ as: 'dark', scheme: 'dark' }, { as: 'phone', width: 390, height: 844, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }]) {
    const other = await person(chromium, { name: look.as, storageState: await page.context().storageState(), ...look });
    for (const name of ['mailboxes', 'all-mailboxes']) {
      await other.goto(`${postroom.url}/settings/${name}`);
      await other.getByText(ada).first().waitFor();
      if (name === 'mailboxes') await other.getByText('Connection details').click();
      if (name === 'mailboxes') await other.getByText('Last events').waitFor();
      await shot(other, `health-${look.as}-${name}`);
    }
    assert.deepEqual(other.problems, []);
    await other.context().close();
  }
  assert.deepEqual(page.problems, []);
});
