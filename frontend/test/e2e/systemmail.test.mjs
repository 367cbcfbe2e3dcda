// Postroom's own mail, as an administrator sets it up: from the empty form to a test mail that has
// arrived, a sender without access, the log of both, an own wording, and the word to an owner whose
// mailbox needs them, once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { connect, controlOf, onServer, signIn, until } from './steps.mjs';
import { Postroom, browser, person, shot } from './world.mjs';

const ada = 'ada@contoso.example';
const grace = 'grace@contoso.example';
const noReply = 'no-reply@contoso.example';
let postroom, chromium, page, app, authority, secret;

const control = (path, body, method = 'POST') =>
  fetch(controlOf(postroom) + path, { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });

before(async () => {
  postroom = await Postroom.start('demo');
  chromium = await browser();
  page = await person(chromium, { name: 'ada' });
  await control('/users', { address: noReply, name: 'Postroom' });
  const state = await (await control('/state', undefined, 'GET')).json();
  app = state.apps.find((a) => a.name === 'Postroom').id;
  authority = state.addresses.oauth;
  secret = (await (await control('/secrets', { app })).json()).secret;
  await control('/faults', { scope: app, fault: 'graph.mailsend', value: 'on' });
  await signIn(page, postroom.url, ada);
});

after(async () => {
  await chromium?.close();
  await postroom?.stop();
});

const arrived = async (address, subject) =>
  (await onServer(postroom, address)).folders.find((f) => f.role === 'inbox').messages.filter((m) => m.subject.includes(subject)).length;

const step = (name) => page.getByRole('list', { name: 'Connection test' }).getByRole('listitem').filter({ hasText: name });

async function accessible(what, on = page) {
  const { violations } = await new AxeBuilder({ page: on }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  assert.deepEqual(violations.map((v) => `${what}: ${v.id}: ${v.nodes[0].html}`), []);
}

test('from the empty form to a green connection test', async () => {
  await page.goto(`${postroom.url}/settings/email`);
  await page.getByText('Postroom sends no mail of its own yet.').waitFor();
  await shot(page, 'email-empty');
  await accessible('empty');
  await page.getByText('Microsoft 365 (OAuth)').click();
  await page.getByLabel('Sender e-mail address').fill(noReply);
  assert.equal(await page.getByLabel('Authentication type').inputValue(), 'OAuth');
  await page.getByLabel('Cloud').selectOption('custom');
  await page.getByLabel('Sign-in service').fill(authority);
  await page.getByRole('textbox', { name: 'Microsoft Graph' }).fill(authority);
  await page.getByLabel('Tenant ID').fill('common');
  await page.getByLabel('Client ID').fill(app);
  await page.getByLabel('Client secret').first().fill(secret);
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText('AADSTS9001023').waitFor();
  await page.getByLabel('Tenant ID').fill('contoso.example');
  await page.getByRole('button', { name: 'Test connection' }).click();
  await step('The token holds the permission Mail.Send: passed').waitFor();
  await step('Microsoft gives the app a token: passed').waitFor();
  await shot(page, 'email-tested');
  await accessible('tested');
});

test('a test mail arrives in the mailbox that it was sent to', async () => {
  assert.ok(await page.getByRole('button', { name: 'Send test e-mail' }).isDisabled());
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Empty keeps it.').waitFor();
  const settings = await page.evaluate(() => fetch('/api/admin/email').then((r) => r.text()));
  assert.ok(!settings.includes(secret) && settings.includes(secret.slice(-4)));
  await page.getByRole('button', { name: 'Send test e-mail' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('through Microsoft Graph').waitFor();
  await dialog.getByLabel('To').fill(grace);
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await dialog.getByText(`The test mail to ${grace} was handed over.`).waitFor();
  await shot(page, 'email-sent');
  await accessible('sent');
  await until('it has arrived', async () => (await arrived(grace, 'A test mail from Postroom')) === 1);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
});

test('the owner of a mailbox that needs them is told, once', async () => {
  const mine = await page.context().newPage();
  await connect(mine, postroom.url, ada);
  await control('/revoke', { address: ada });
  await control('/expire', { address: ada });
  await until('she is told', async () => (await arrived(ada, `${ada} needs you`)) === 1, 60_000);
  await mine.close();
});

test('a sender without access is explained, with the raw text and the lines for the administrator', async () => {
  await control('/faults', { scope: app, fault: 'graph.policy', value: grace });
  await page.getByRole('button', { name: 'Send test e-mail' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('To').fill(grace);
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await dialog.getByText('The sender has no access.').waitFor();
  await dialog.getByText('PowerShell for the Exchange administrator').click();
  await dialog.getByText(`Test-ApplicationAccessPolicy -AppId ${app} -Identity ${noReply}`).waitFor();
  await dialog.getByText('Details', { exact: true }).click();
  await dialog.getByText('Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.').waitFor();
  await shot(page, 'email-no-access');
  await accessible('no access');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByText('The last mail could not be sent').waitFor();
  await shot(page, 'email-broken');
  await control(`/faults?scope=${app}&fault=graph.policy`, undefined, 'DELETE');
});

test('the log shows all of them, and what each said', async () => {
  await page.getByRole('link', { name: 'Logs' }).click();
  const lines = page.getByRole('list', { name: 'Mails from Postroom' }).getByRole('listitem');
  await lines.filter({ hasText: 'A mailbox needs its owner' }).filter({ hasText: 'Postroom by itself' }).filter({ hasText: 'Handed over' }).waitFor();
  assert.equal(await lines.count(), 3); // the owner was told once
  await lines.filter({ hasText: 'Test e-mail' }).filter({ hasText: 'Failed' }).filter({ hasText: 'Ada Lovelace' }).waitFor();
  await shot(page, 'email-logs');
  await accessible('logs');
  await page.getByLabel('Status').selectOption('failed');
  await until('only the failed one is left', async () => (await lines.count()) === 1);
  await lines.getByRole('button', { name: /^View/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('The sender has no access.').waitFor();
  await dialog.getByText('this is the test mail that Ada Lovelace asked for').waitFor();
  await shot(page, 'email-log-mail');
  await accessible('log mail');
  await page.keyboard.press('Escape');
  await page.getByLabel('Recipient or subject').fill('nobody-at-all');
  await page.getByText('Nothing fits these filters.').waitFor();
});

test('an own wording is used, and the original comes back', async () => {
  await page.getByRole('link', { name: 'Templates' }).click();
  await shot(page, 'email-templates');
  await accessible('templates');
  await page.getByRole('button', { name: 'View and edit: Test e-mail' }).click();
  await page.getByLabel('Subject').fill('Hello {{nobody}}');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('There is no {{nobody}}').waitFor();
  await page.getByLabel('Subject').fill('Hello from {{by}}');
  await shot(page, 'email-template');
  await accessible('template');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Own wording', { exact: true }).waitFor();
  await page.evaluate((to) => fetch('/api/admin/email/send-test', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ to }) }), grace);
  await until('it says so', async () => (await arrived(grace, 'Hello from Ada Lovelace')) === 1);
  await page.getByRole('button', { name: 'View and edit: Test e-mail' }).click();
  await page.getByRole('button', { name: 'Reset to the original' }).click();
  await until('the original is back', async () => (await page.getByLabel('Subject').inputValue()) === 'A test mail from Postroom');
});

for (const look of [{ as: 'dark', scheme: 'dark' }, { as: 'phone', width: 390, height: 844, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }]) {
  test(`the e-mail pages look right: ${look.as}`, async () => {
    const other = await person(chromium, { name: look.as, storageState: await page.context().storageState(), ...look });
    for (const [tab, ready] of [['settings', 'E-mail account'], ['templates', 'Link to connect a mailbox'], ['logs', 'A mailbox needs its owner']]) {
      await other.goto(`${postroom.url}/settings/email?tab=${tab}`);
      await other.getByText(ready).last().waitFor();
      await shot(other, `${look.as}-email-${tab}`);
      await accessible(`${look.as} ${tab}`, other);
    }
    assert.deepEqual(other.problems, []);
    await other.context().close();
  });
}
