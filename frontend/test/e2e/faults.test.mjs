// What can go wrong, as the person in front of the screen meets it: each ends in a problem with plain
// words, who must act and the raw text; never in a success page, a half-made mailbox or a lost mail.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { controlOf, openFolder, row, signIn, until } from './steps.mjs';
import { Postroom, browser, person, shot } from './world.mjs';

const ada = 'ada@contoso.example';
let postroom, chromium, page;

before(async () => {
  postroom = await Postroom.start('demo');
  chromium = await browser();
  page = await person(chromium, { name: 'ada' });
  await signIn(page, postroom.url, ada);
});

after(async () => {
  await chromium?.close();
  await postroom?.stop();
});

const get = (path) => page.evaluate((path) => fetch(path).then((r) => r.json()), path);

async function fault(name, value = '', scope = '*') {
  const r = await fetch(`${controlOf(postroom)}/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ scope, fault: name, value }) });
  assert.ok(r.ok, await r.text());
}

/** Presses the button and goes through the pages; whoever has consented before is not asked again. */
async function tryToConnect() {
  await page.goto(`${postroom.url}/settings/mailboxes`);
  await page.getByRole('button', { name: 'Connect Outlook mailbox' }).click();
  await page.getByRole('button', { name: /ada@contoso\.example/ }).click();
  await throughConsent();
}

async function throughConsent() {
  const accept = page.getByRole('button', { name: 'Accept' });
  await page.waitForFunction((own) => location.origin === own || document.body.innerText.includes('Accept'), postroom.url);
  if (await accept.isVisible()) await accept.click();
}

async function clear(name, scope = '*') {
  await fetch(`${controlOf(postroom)}/faults?scope=${encodeURIComponent(scope)}&fault=${name}`, { method: 'DELETE' });
}

for (const { what, name, value, says, raw } of [
  { what: 'a wrong client secret', name: 'client.error', value: '7000215', says: 'The sign-in service does not accept Postroom’s client secret.', raw: 'AADSTS7000215' },
  { what: 'an expired code', name: 'redeem.error', value: '70008', says: 'The sign-in took too long, or its answer was used before.', raw: 'AADSTS70008' },
  { what: 'a dead token endpoint', name: 'token.http', value: '503', says: 'The sign-in service does not answer.' },
  { what: 'a page in place of a token', name: 'token.http', value: 'html', says: 'The sign-in service does not answer.' },
  { what: 'a blocked sign-in', name: 'redeem.error', value: '53003', says: 'Your organisation’s policy did not let this sign-in through.', raw: 'AADSTS53003' },
  { what: 'a missing permission', name: 'scope.less', value: 'https://outlook.office.com/SMTP.Send', says: 'Not every permission that mail needs was granted.' },
  { what: 'an IMAP server that refuses', name: 'imap.refuse', says: 'The mail server refused the sign-in.', raw: 'AUTHENTICATE failed' },
  { what: 'an IMAP server that hangs up', name: 'imap.drop', says: 'The mail server does not answer.' },
  { what: 'an account without a mailbox', name: 'imap.notconnected', says: 'The account signed in, but its mailbox would not open.', raw: 'User is authenticated but not connected' },
]) {
  test(`${what} is a problem in words, and no mailbox is made`, async () => {
    await fault(name, value);
    try {
      await tryToConnect();
      await page.waitForURL(/\/connect\//);
      const plain = (text) => text.replaceAll('’', "'");
      await until(`it says “${says}”`, async () => plain(await page.locator('body').innerText()).includes(plain(says)));
      if (raw) {
        await page.getByText('Details', { exact: true }).first().click();
        await page.getByText(raw, { exact: false }).first().waitFor();
      }
      await shot(page, `fault-${name}-${value || 'on'}`.replaceAll(/[^\w-]+/g, '_').slice(0, 60));
      assert.deepEqual(await get('/api/mailboxes'), []);
    } finally {
      await clear(name);
    }
  });
}

test('an answer that was never asked for is refused', async () => {
  for (const query of ['code=x&state=y', 'state=y', 'code=x', 'error=access_denied&state=y', '']) {
    await page.goto(`${postroom.url}/oauth/callback?${query}`);
    await page.waitForURL(/\/settings\/mailboxes\?problem=state_invalid/);
  }
  await page.getByText('This sign-in answer does not belong to this browser').waitFor();
  assert.deepEqual(await get('/api/mailboxes'), []);
});

test('a mail that cannot be sent stays, says why, and goes when the reason is gone', async () => {
  await tryToConnect();
  await page.getByText(`${ada} is connected.`).waitFor();
  await until('all mail is here', async () => (await get('/api/mailboxes'))[0].state === 'connected', 30_000);
  await fault('smtp.data', '554 5.2.252 SendAsDenied; ada@contoso.example not allowed to send as ada@contoso.example; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied');
  await page.keyboard.press('c');
  const composer = page.getByRole('region').filter({ has: page.getByRole('button', { name: 'Send', exact: true }) });
  await composer.getByLabel('To', { exact: true }).fill('grace@contoso.example,');
  await composer.getByLabel('Subject').fill('Denied at first');
  await page.keyboard.press('Control+Enter');
  await until('the mail has failed', async () => (await get('/api/outgoing'))[0]?.state === 'failed');
  await page.goto(`${postroom.url}/outbox`);
  await page.getByText('This account may not send as that address.').waitFor();
  await shot(page, 'outbox-failed');
  await clear('smtp.data');
  await page.getByRole('button', { name: /again|Retry/ }).first().click();
  await until('the mail is sent', async () => (await get('/api/outgoing'))[0].state === 'sent');
});

test('a mail that cannot be parsed is listed, and its source can be had', async () => {
  await openFolder(page, 'Inbox');
  const { messages } = await get('/api/search?q=broken&limit=50');
  const broken = messages.find((m) => m.subject.includes('broken on purpose'));
  assert.ok(broken);
  const source = await page.evaluate((id) => fetch(`/api/messages/${id}/source`).then((r) => r.text()), broken.id);
  assert.ok(source.includes('broken on purpose'));
});

test('a revoked grant is one banner and one click; the mail stays readable', async () => {
  await fetch(`${controlOf(postroom)}/revoke`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ address: ada }) });
  await fetch(`${controlOf(postroom)}/expire`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ address: ada }) });
  await until('the mailbox needs its owner', async () => (await get('/api/mailboxes'))[0].state === 'needs_you', 30_000);
  await page.goto(`${postroom.url}/settings/mailboxes`);
  await page.getByText('This mailbox needs you to sign in again.').first().waitFor();
  await shot(page, 'needs-you');
  const id = (await get('/api/mailboxes'))[0].id;
  await page.getByRole('button', { name: 'Reconnect' }).first().click();
  await page.getByText(`${ada} is connected.`).waitFor();
  await until('it is connected again', async () => (await get('/api/mailboxes'))[0].state === 'connected', 30_000);
  assert.equal((await get('/api/mailboxes'))[0].id, id);
  await openFolder(page, 'Inbox');
  await row(page, 'This mailbox is simulated').first().waitFor();
});
