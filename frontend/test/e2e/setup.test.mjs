// A Postroom without a simulator, as an administrator meets it first: the one-time link, the provider's
// form, and what is said when the sign-in service cannot be reached.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Postroom, browser, person, shot } from './world.mjs';

let postroom, chromium, page;

before(async () => {
  postroom = await Postroom.start('serve', { env: { POSTROOM_ALLOW_NETS: '127.0.0.0/8' } });
  chromium = await browser();
  page = await person(chromium, { name: 'admin' });
});

after(async () => {
  await chromium?.close();
  assert.deepEqual(await postroom?.stop(), { code: 0, signal: null });
});

test('the printed link makes the first administrator, once', async () => {
  const link = /http:\/\/localhost:\d+\/setup\?token=\S+/.exec(postroom.output)[0];
  await page.goto(link);
  await page.getByLabel('Your name').fill('Root');
  await page.getByLabel('E-mail address').fill('root@example.com');
  await page.getByRole('textbox', { name: /^Password/ }).first().fill('a good long phrase');
  await shot(page, 'setup');
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.waitForURL(/\/settings/);
  const again = await page.evaluate((token) => fetch('/api/setup', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, email: 'x@example.com', name: 'X', password: 'another long phrase' }) }).then((r) => r.json()), link.split('token=')[1]);
  assert.equal(again.code, 'setup_closed');
});

test('a provider is entered, its secret never shown again', async () => {
  await page.goto(`${postroom.url}/settings/providers`);
  await page.getByRole('button', { name: 'Outlook / Microsoft 365' }).click();
  await page.getByRole('button', { name: 'Show all settings' }).click();
  await page.getByText(`${postroom.url}/oauth/callback`).first().waitFor();
  await page.getByLabel('Tenant', { exact: true }).fill('contoso.example');
  await page.getByLabel('Client ID').fill('11111111-2222-3333-4444-555555555555');
  await page.getByLabel('Client secret', { exact: true }).fill('the~secret~value~9876');
  await shot(page, 'provider');
  await page.getByRole('button', { name: 'Save' }).click();
  // Nobody can be asked here whether the secret is right: that is said, and left to the admin.
  await page.getByRole('button', { name: 'Save without this check' }).click();
  await page.getByText('contoso.example').first().waitFor();
  const providers = await page.evaluate(() => fetch('/api/admin/providers').then((r) => r.text()));
  assert.ok(!providers.includes('the~secret~value'));
  assert.ok(providers.includes('9876'));
});

test('a sign-in service that cannot be reached is a problem in words, not a page of errors', async () => {
  await page.evaluate(async () => {
    const [{ id, first, second, mailboxes, problem, problemAt, ...p }] = await fetch('/api/admin/providers').then((r) => r.json());
    const moved = { ...p, authority: 'http://127.0.0.1:1', clientSecret: 'the~secret~value~9876', unproved: true };
    const r = await fetch(`/api/admin/providers/${id}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(moved) });
    if (!r.ok) throw new Error(await r.text());
  });
  await page.goto(`${postroom.url}/settings/mailboxes`);
  await page.getByRole('button', { name: /^Connect/ }).last().click();
  await page.getByText('The sign-in service does not answer.').waitFor();
  await shot(page, 'provider-down');
  const mailboxes = await page.evaluate(() => fetch('/api/mailboxes').then((r) => r.json()));
  assert.deepEqual(mailboxes, []);
});
