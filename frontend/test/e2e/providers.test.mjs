// An administrator and the registrations: by the guide from an empty form to a green test, a wrong
// secret in words, and a secret that expires.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { controlOf, signIn, until } from './steps.mjs';
import { Postroom, browser, person, shot } from './world.mjs';

let postroom, chromium, page, sim;

before(async () => {
  postroom = await Postroom.start('demo');
  chromium = await browser();
  page = await person(chromium, { name: 'ada', height: 1000 });
  await signIn(page, postroom.url, 'ada@contoso.example');
  sim = await fetch(`${controlOf(postroom)}/state`).then((r) => r.json());
});

after(async () => {
  await chromium?.close();
  await postroom?.stop();
});

const control = (path, body) => fetch(controlOf(postroom) + path, { method: 'POST', body: JSON.stringify(body) }).then((r) => (r.status === 204 ? undefined : r.json()));
const newSecret = async () => (await control('/secrets', { app: 'Postroom' })).secret;
const ask = (path) => page.evaluate((path) => fetch(path).then((r) => r.json()), path);
const provider = async (name) => (await ask('/api/admin/providers')).find((p) => p.name === name);
const open = (page) => page.goto(`${postroom.url}/settings/providers`);
const change = async (page, name) => {
  await open(page);
  await page.getByRole('listitem').filter({ hasText: name }).getByRole('button', { name: 'Change' }).click();
};
const step = (page, name) => page.getByRole('region', { name: 'Test connection' }).getByRole('listitem').filter({ hasText: name });

async function accessible(page, what) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  assert.deepEqual(violations.map((v) => `${what}: ${v.id}: ${v.nodes[0].html}`), []);
}

test('the guide leads to a registration, and a wrong secret is told from a right one', async () => {
  await open(page);
  await shot(page, 'providers');
  await page.getByRole('button', { name: 'Outlook / Microsoft 365' }).click();
  await page.getByLabel('Whose mailboxes').selectOption('organizations');
  await shot(page, 'guide-tenant');
  await accessible(page, 'guide');
  await page.getByRole('button', { name: 'Done, next step' }).click();
  await page.getByText(`${postroom.url}/oauth/callback`).first().waitFor();
  await page.getByLabel('Client ID').fill(sim.apps[0].id);
  await shot(page, 'guide-registration');
  await page.getByRole('button', { name: 'Done, next step' }).click();
  await page.getByText('IMAP.AccessAsUser.All').waitFor();
  await page.getByRole('button', { name: 'Done, next step' }).click();
  await page.getByLabel('Client secret', { exact: true }).fill('a~wrong.secret-value_0123456789');
  await page.getByLabel('Expires on').fill(new Date(Date.now() + 20 * 86_400_000).toLocaleDateString('sv'));
  await page.getByText('What you see when this was missed').click();
  await page.getByText('AADSTS7000215').waitFor();
  await page.getByRole('button', { name: /^8/ }).click();
  await page.getByRole('heading', { name: 'Test and save' }).waitFor();

  // The registration is the simulator's: what is special about it is entered by hand.
  await page.getByRole('button', { name: 'Show all settings' }).click();
  const outlook = await provider('Outlook');
  await page.getByLabel('Name', { exact: true }).fill('Contoso mail');
  await page.getByText('Mail servers', { exact: true }).click();
  await page.getByLabel('IMAP server').fill(outlook.imapHost);
  await page.getByLabel('SMTP server').fill(outlook.smtpHost);
  await page.getByText('Addresses, permissions and CA').click();
  await page.getByLabel('Authority').fill(outlook.authority);
  await page.getByLabel('CA certificate').fill(outlook.caPem);
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText('1 step failed.').waitFor();
  const wrong = step(page, 'Client ID and client secret are accepted');
  await wrong.getByText('The client secret is wrong', { exact: false }).first().waitFor();
  await wrong.getByText('Details').click();
  await wrong.getByText('AADSTS7000215').first().waitFor();
  await page.getByRole('region', { name: 'Test connection' }).scrollIntoViewIfNeeded();
  await shot(page, 'test-red');
  await accessible(page, 'red test');

  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText('client secret', { exact: false }).first().waitFor();
  assert.equal(await provider('Contoso mail'), undefined);

  await page.getByLabel('Client secret', { exact: true }).fill(await newSecret());
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText('Everything is green').waitFor();
  await shot(page, 'test-green');
  await page.getByRole('button', { name: 'Save' }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'Contoso mail' });
  await row.getByText('Secret expires in 20 days').waitFor();
  await shot(page, 'providers-countdown');
  await accessible(page, 'providers');
});

test('an organisation is approved by a link, in a browser that nobody is signed in to', async () => {
  await change(page, 'Contoso mail');
  await page.getByText('Approval by an organisation’s administrator').click();
  await page.getByRole('button', { name: 'Make the link' }).click();
  const link = await page.locator('code', { hasText: 'adminconsent' }).innerText();
  await page.getByText('Hello,', { exact: false }).scrollIntoViewIfNeeded();
  await shot(page, 'approval');
  const stranger = await person(chromium, { name: 'stranger' });
  for (const [press, says] of [['Cancel', 'Postroom was not approved.'], ['Accept', 'Postroom is approved.']]) {
    await stranger.goto(link);
    await stranger.getByRole('button', { name: press }).click();
    await stranger.getByRole('heading', { name: says }).waitFor();
    await accessible(stranger, says);
  }
  await shot(stranger, 'approved');
  assert.deepEqual(stranger.problems, []);
  await stranger.context().close();
});

test('a secret expires: the second one takes over, and when both have, one banner says so', async () => {
  await page.goto(`${postroom.url}/settings/mailboxes`);
  await page.getByRole('button', { name: 'Connect Contoso mail mailbox' }).click();
  await page.getByText('SIMULATED', { exact: true }).waitFor();
  await page.getByRole('button', { name: /ada@contoso\.example/ }).click();
  await page.getByText('ada@contoso.example is connected.').waitFor({ timeout: 30_000 });
  const box = async () => (await ask('/api/mailboxes')).find((b) => b.address === 'ada@contoso.example');
  await until('the mailbox is connected', async () => (await box())?.state === 'connected', 60_000);

  await change(page, 'Contoso mail');
  await page.getByRole('button', { name: 'Add a second secret' }).click();
  const second = await newSecret();
  await page.getByLabel('Second client secret').fill(second);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Change' }).first().waitFor();
  assert.equal((await provider('Contoso mail')).second.inUse, true);

  await control('/secrets/expire', { app: 'Postroom', secret: second });
  await control('/expire', { address: 'ada@contoso.example' });
  await until('the first secret is in use', async () => (await provider('Contoso mail')).first.inUse);
  assert.equal((await provider('Contoso mail')).problem, undefined);

  await control('/secrets/expire', { app: 'Postroom' });
  await control('/expire', { address: 'ada@contoso.example' });
  await until('the provider has a problem', async () => (await provider('Contoso mail')).problem);
  await page.goto(`${postroom.url}/settings/mailboxes`);
  await page.getByRole('link', { name: 'Mend it' }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 1);
  assert.notEqual((await box()).state, 'needs_you');
  await shot(page, 'secret-expired');
  await accessible(page, 'banner');

  await page.getByRole('link', { name: 'Mend it' }).click();
  await page.getByRole('heading', { name: 'Add a provider' }).waitFor();
  await page.getByRole('listitem').filter({ hasText: 'Contoso mail' }).getByText('The client secret has expired.').waitFor();
  await shot(page, 'secret-expired-provider');
  await page.getByRole('listitem').filter({ hasText: 'Contoso mail' }).getByRole('button', { name: 'Change' }).click();
  await page.getByLabel('Client secret', { exact: true }).first().fill(await newSecret());
  await shot(page, 'secrets');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Change' }).first().waitFor();
  await until('the mailbox is connected again', async () => (await box()).state === 'connected', 30_000);
  assert.equal((await provider('Contoso mail')).problem, undefined);
  await page.goto(`${postroom.url}/settings/mailboxes`);
  await page.getByText('ada@contoso.example').first().waitFor();
  assert.equal(await page.getByRole('link', { name: 'Mend it' }).count(), 0);
  // A secret that the service refused is answered with 502, which the console tells of too.
  assert.deepEqual(page.problems.filter((problem) => !problem.includes('502')), []);
});

for (const look of [{ as: 'dark', scheme: 'dark' }, { as: 'phone', width: 390, height: 844, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }]) {
  test(`registering looks right: ${look.as}`, async () => {
    const here = await person(chromium, { name: look.as, storageState: await page.context().storageState(), ...look });
    await change(here, 'Contoso mail');
    await here.getByRole('button', { name: 'Test connection' }).click();
    await here.getByRole('status').filter({ hasText: /failed|green/ }).waitFor();
    await accessible(here, `${look.as} form`);
    await shot(here, `${look.as}-provider-top`);
    await here.getByRole('region', { name: 'Test connection' }).scrollIntoViewIfNeeded();
    await shot(here, `${look.as}-provider-test`);
    await open(here);
    await here.getByRole('button', { name: 'Outlook / Microsoft 365' }).click();
    await here.getByRole('button', { name: 'Done, next step' }).click();
    await shot(here, `${look.as}-guide`);
    await accessible(here, `${look.as} guide`);
    assert.deepEqual(here.problems, []);
    await here.context().close();
  });
}
