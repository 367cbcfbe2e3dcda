// The whole way, as people go it: two people in two browsers, from the sign-in page to an answered
// mail, against the built binary and its simulated Microsoft 365.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { body, connect, mail, onServer, openFolder, row, rows, signIn, toConsent, until } from './steps.mjs';
import { Postroom, browser, person, shot } from './world.mjs';

const ada = 'ada@contoso.example';
const grace = 'grace@contoso.example';
let postroom, chromium, adas, graces;

before(async () => {
  postroom = await Postroom.start('demo');
  chromium = await browser();
  adas = await person(chromium, { name: 'ada' });
  graces = await person(chromium, { name: 'grace' });
});

after(async () => {
  await chromium?.close();
  const how = await postroom?.stop();
  assert.deepEqual(how, { code: 0, signal: null }, 'it stops cleanly on SIGTERM');
});

test('a cancelled consent is told as one, and leaves nothing half-made', async () => {
  await signIn(adas, postroom.url, ada);
  await shot(adas, 'welcome');
  await toConsent(adas, postroom.url, ada);
  await shot(adas, 'consent');
  await adas.getByRole('button', { name: 'Cancel' }).click();
  await adas.waitForURL(/\/connect\//);
  await adas.getByText('The connection was cancelled at the sign-in page.').waitFor();
  await shot(adas, 'cancelled');
  const mailboxes = await adas.evaluate(() => fetch('/api/mailboxes').then((r) => r.json()));
  assert.deepEqual(mailboxes, []);
});

test('a connected mailbox is readable within two seconds', async () => {
  const seconds = await connect(adas, postroom.url, ada);
  console.log(`connected_to_readable_s: ${seconds.toFixed(2)}`);

  await until('all mail is here', async () => {
    const [box] = await adas.evaluate(() => fetch('/api/mailboxes').then((r) => r.json()));
    return box.state === 'connected';
  }, 30_000);
  await shot(adas, 'inbox-light');
});

test('the other person connects too', async () => {
  await signIn(graces, postroom.url, grace);
  await connect(graces, postroom.url, grace);
  await openFolder(graces, 'Inbox');
});

test('a mail with copies, style and a file arrives in an open browser without a reload', async () => {
  await adas.getByRole('button', { name: 'Write' }).click();
  const composer = adas.getByRole('region').filter({ has: adas.getByRole('button', { name: 'Send', exact: true }) });
  await composer.getByLabel('To', { exact: true }).fill(`${grace},`);
  await adas.getByRole('button', { name: 'Cc', exact: true }).click();
  await composer.getByLabel('Cc', { exact: true }).fill('linus@contoso.example,');
  await adas.getByRole('button', { name: 'Bcc', exact: true }).click();
  await composer.getByLabel('Bcc', { exact: true }).fill('hidden@elsewhere.example,');
  await composer.getByLabel('Subject').fill('Engine drawings for Thursday');
  await composer.locator('[contenteditable=true]').click();
  await adas.keyboard.type('The drawings are attached. ');
  await adas.keyboard.press('Control+b');
  await adas.keyboard.type('Please be frank.');
  await composer.locator('input[type=file]').setInputFiles({ name: 'drawings.txt', mimeType: 'text/plain', buffer: Buffer.from('wheels within wheels\n') });
  await adas.getByText('drawings.txt').first().waitFor();
  await shot(adas, 'composer');
  const sent = Date.now();
  await adas.keyboard.press('Control+Enter');
  await row(graces, 'Engine drawings for Thursday').first().waitFor();
  console.log(`sent_to_seen_s: ${((Date.now() - sent) / 1000).toFixed(2)}`);
});

test('it reads as it was written: text, style, file; the blind copy stays blind', async () => {
  await row(graces, 'Engine drawings for Thursday').first().click();
  await body(graces).getByText('Please be frank.').waitFor();
  assert.equal(await body(graces).locator('strong, b').first().innerText(), 'Please be frank.');
  const [download] = await Promise.all([graces.waitForEvent('download'), mail(graces).getByRole('link', { name: /drawings\.txt/ }).click()]);
  assert.equal(readFileSync(await download.path(), 'utf8'), 'wheels within wheels\n');
  const text = await graces.locator('body').innerText();
  assert.ok(!text.includes('hidden@elsewhere.example'));
  await shot(graces, 'received');
});

test('an answer comes back into the same conversation', async () => {
  await mail(graces).last().getByRole('button', { name: 'Reply', exact: true }).click();
  await graces.locator('[contenteditable=true]').click();
  await graces.keyboard.press('Control+Home');
  await graces.keyboard.type('Frankly: wonderful.');
  await shot(graces, 'reply');
  await graces.keyboard.press('Control+Enter');
  await openFolder(adas, 'Inbox');
  await row(adas, 'Re: Engine drawings for Thursday').first().click();
  await body(adas).getByText('Frankly: wonderful.').waitFor();
  await until('both mails are one conversation', async () => {
    const thread = await adas.evaluate(async () => {
      const id = location.pathname.split('/').at(-1);
      const { thread } = await (await fetch(`/api/messages/${id}`)).json();
      return (await (await fetch(`/api/threads/${thread}`)).json()).messages.map((m) => m.subject);
    });
    return thread.join() === 'Engine drawings for Thursday,Re: Engine drawings for Thursday';
  });
  await shot(adas, 'conversation');
});

test('Sent holds the mail exactly once, here and there', async () => {
  await until('the copy is confirmed', async () => {
    const out = await adas.evaluate(() => fetch('/api/outgoing').then((r) => r.json()));
    return out.length === 1 && out[0].state === 'sent' && out[0].confirmedAt > 0;
  });
  const there = (await onServer(postroom, ada)).folders.find((f) => f.name === 'Sent Items');
  assert.equal(there.messages.filter((m) => m.subject === 'Engine drawings for Thursday').length, 1);
  await openFolder(adas, 'Sent');
  await row(adas, 'Engine drawings for Thursday').first().waitFor();
  assert.equal(await row(adas, 'Engine drawings for Thursday').count(), 1);
});

/** Opens the nth mail of the inbox and returns what its own address names. */
async function openNth(page, n) {
  await openFolder(page, 'Inbox');
  await rows(page).nth(n).click();
  await mail(page).first().waitFor();
  const id = page.url().split('/').at(-1).split('?')[0];
  return page.evaluate((id) => fetch(`/api/messages/${id}`).then((r) => r.json()), id);
}

/** Waits until the server has the mail in the folder, with or without the flag. */
function there(what, m, folder, flag, set = true) {
  return until(`the server knows of ${what}`, async () => {
    assert.deepEqual(await adas.evaluate(() => fetch('/api/actions/failed').then((r) => r.json())), []);
    const found = (await onServer(postroom, ada)).folders.find((f) => f.name === folder).messages.find((x) => x.messageId === `<${m.messageId}>`);
    return found && (!flag || found.flags.includes(flag) === set);
  });
}

const press = (name) => adas.getByRole('toolbar', { name: 'For this mail' }).getByRole('button', { name, exact: true }).click();

test('read, unread and star happen here at once and then on the server', async () => {
  const m = await openNth(adas, 2);
  await there('read', m, 'INBOX', '\\Seen');
  await press('Star');
  assert.equal(await adas.getByRole('button', { name: `Star: ${m.subject}` }).first().getAttribute('aria-pressed'), 'true');
  await there('the star', m, 'INBOX', '\\Flagged');
  await press('Mark as unread');
  await there('unread', m, 'INBOX', '\\Seen', false);
});

for (const [name, folder] of [['Archive', 'Archive'], ['Delete', 'Deleted Items'], ['Junk', 'Junk Email']]) {
  test(`${name}: the mail leaves the list at once and the server's inbox after`, async () => {
    const m = await openNth(adas, 3);
    const before = await rows(adas).count();
    await press(name);
    assert.ok(before > 0);
    await adas.waitForURL((u) => !u.pathname.endsWith(m.id));
    await there(name, m, folder);
  });
}

test('a mail is moved to a folder of one\'s choice', async () => {
  const m = await openNth(adas, 3);
  await press('Move to …');
  await adas.getByRole('menuitem', { name: /Archive/ }).click();
  await there('the move', m, 'Archive');
});

test('what the server has and what is shown are the same', async () => {
  await until('both sides agree', async () => {
    const [box] = await adas.evaluate(() => fetch('/api/mailboxes').then((r) => r.json()));
    const there = await onServer(postroom, ada);
    return box.folders.filter((f) => !f.hidden).every((f) => {
      const other = there.folders.find((x) => x.name === f.path);
      return other && other.messages.length === f.total && other.messages.filter((m) => !m.flags.includes('\\Seen')).length === f.unread;
    });
  });
});

test('no page broke on the way', () => {
  assert.deepEqual([...adas.problems, ...graces.problems], []);
});
