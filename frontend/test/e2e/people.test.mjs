// People: invited, with a second step, with passkeys, with an account elsewhere, with a link for a new
// password, disabled; and what the audit log says of all that.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { signIn } from './steps.mjs';
import { Postroom, browser, password, person, shot } from './world.mjs';

const grace = 'grace@contoso.example';
const bobs = 'a phrase of my own';
let postroom, chromium, admin, bob;

before(async () => {
  postroom = await Postroom.start('demo');
  chromium = await browser();
  admin = await person(chromium, { name: 'admin' });
  bob = await person(chromium, { name: 'bob' });
  await signIn(admin, postroom.url, 'ada@contoso.example');
});

after(async () => {
  const problems = [admin, bob].flatMap((page) => page?.problems ?? []);
  await chromium?.close();
  const how = await postroom?.stop();
  assert.deepEqual(problems, []);
  assert.deepEqual(how, { code: 0, signal: null });
});

const settings = (page, name) => page.goto(`${postroom.url}/settings/${name}`);
const shown = (page) => page.getByRole('dialog').locator('code').textContent();
const account = (page, name) => page.getByRole('heading', { name }).first().waitFor();

/** Types address and password at the sign-in page. */
async function enter(page, email, words) {
  await page.goto(postroom.url);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(words);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function signOut(page) {
  await page.evaluate(() => fetch('/api/session', { method: 'DELETE' }));
  await page.goto(postroom.url);
  await page.getByLabel('E-mail address').waitFor();
}

const inside = (page) => page.getByRole('button', { name: /Bob|Grace/ }).first().waitFor();

/** The six digits that an authenticator app shows (RFC 6238), some steps from now. */
function digits(secret, ahead = 0) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => Number.parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function accessible(page, what) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  assert.deepEqual(violations.map((v) => `${what}: ${v.id} ${v.nodes.map((n) => n.html).join(' ')}`), []);
}

test('somebody is invited, accepts and is signed in', async () => {
  await settings(admin, 'people');
  await admin.getByText('Nobody has been invited yet.').waitFor();
  await admin.getByRole('button', { name: 'Invite somebody' }).click();
  await admin.getByLabel('E-mail address').fill('bob@example.org');
  await admin.getByLabel('Name', { exact: true }).fill('Bob');
  await admin.getByRole('radio', { name: 'Manager' }).check();
  await shot(admin, 'people-invite');
  await accessible(admin, 'invite');
  await admin.getByRole('button', { name: 'Invite', exact: true }).click();
  await admin.getByRole('dialog').getByText('bob@example.org is invited').waitFor();
  const link = await shown(admin);
  await shot(admin, 'people-link');
  await admin.getByRole('button', { name: 'Done' }).click();
  await admin.getByText('Waiting', { exact: true }).waitFor();

  await bob.goto(link);
  await bob.getByText('Ada Lovelace invited you.').waitFor();
  await bob.getByRole('textbox', { name: /^Password/ }).fill(bobs);
  await shot(bob, 'invitation');
  await accessible(bob, 'invitation');
  await bob.getByRole('button', { name: 'Accept the invitation' }).click();
  await inside(bob);
  await bob.goto(`${postroom.url}/settings/people`);
  await bob.getByRole('heading', { name: 'Invitations' }).waitFor();
  assert.equal(await bob.getByRole('button', { name: 'Change Ada Lovelace' }).count(), 0);
  assert.equal(await bob.getByRole('link', { name: 'Providers' }).count(), 0);

  const second = await person(chromium, { name: 'second' });
  await second.goto(link);
  await second.getByText('This link does not count any more.').waitFor();
  await shot(second, 'invitation-spent');
  await second.context().close();
});

test('an authenticator app is added, and sign-in asks for its code', async () => {
  await settings(bob, 'account');
  await bob.getByRole('button', { name: 'Set up' }).click();
  const secret = await bob.locator('[data-secret]').textContent();
  await shot(bob, 'account-totp');
  await bob.getByLabel('Then enter the six digits').fill(digits(secret));
  await bob.getByRole('button', { name: 'Turn on' }).click();
  await bob.getByText('Keep these recovery codes now').waitFor();
  const codes = await bob.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allTextContents();
  assert.equal(codes.length, 10);
  await shot(bob, 'account-recovery');
  await bob.getByRole('button', { name: 'I have kept them' }).click();
  await bob.getByText('10 recovery codes left').waitFor();

  await signOut(bob);
  await enter(bob, 'bob@example.org', bobs);
  await bob.getByRole('heading', { name: 'One more step' }).waitFor();
  await shot(bob, 'second-step');
  await accessible(bob, 'second step');
  assert.equal(await bob.evaluate(() => fetch('/api/mailboxes').then((r) => r.status)), 401);
  await bob.getByLabel('Code').fill('000000');
  await bob.getByRole('button', { name: 'Sign in', exact: true }).click();
  await bob.getByText('That code does not count.').waitFor();
  await bob.reload(); // the browser still stands before the second step
  await bob.getByLabel('Code').fill(digits(secret, 1));
  await bob.getByRole('button', { name: 'Sign in', exact: true }).click();
  await inside(bob);

  await signOut(bob);
  await enter(bob, 'bob@example.org', bobs);
  await bob.getByLabel('Code').fill(codes[0].toLowerCase());
  await bob.getByRole('button', { name: 'Sign in', exact: true }).click();
  await inside(bob);
});

test('a passkey is added, renamed, and signs in without password and code', async () => {
  const cdp = await bob.context().newCDPSession(bob);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await settings(bob, 'account');
  await bob.getByLabel('Name of a new passkey').fill('My laptop');
  await bob.getByRole('button', { name: 'Add a passkey' }).click();
  const keys = bob.getByRole('list', { name: 'Passkeys' });
  await keys.getByText('My laptop').waitFor();
  await keys.getByRole('button', { name: 'Rename' }).click();
  await keys.getByRole('textbox', { name: 'Name' }).fill('Old laptop');
  await keys.getByRole('button', { name: 'Save' }).click();
  await keys.getByText('Old laptop').waitFor();

  await signOut(bob);
  await bob.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await inside(bob);
  await settings(bob, 'account');
  await keys.getByText(/last used/).waitFor();
  await shot(bob, 'account');
  await accessible(bob, 'account');
});

test('an account at Microsoft is linked and signs in; before that it is nobody', async () => {
  const page = await person(chromium, { name: 'grace' });
  const choose = () => page.getByRole('button', { name: new RegExp(grace.replace('.', '\\.')) }).click();
  await page.goto(postroom.url);
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).waitFor();
  await shot(page, 'sign-in');
  await accessible(page, 'sign-in');
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await choose();
  await page.getByRole('button', { name: 'Accept' }).click();
  await page.getByText('Nobody here is known by that account.').waitFor();
  await shot(page, 'sign-in-unknown');

  await enter(page, grace, password);
  await inside(page);
  await settings(page, 'account');
  await page.getByRole('button', { name: 'Link an account of Microsoft' }).click();
  await choose();
  await page.getByRole('list', { name: 'Linked accounts' }).getByText(grace).waitFor();
  await signOut(page);
  await page.goto(`${postroom.url}/settings/account`);
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click(); // who is signed in there is not asked again
  await page.getByRole('list', { name: 'Linked accounts' }).getByText(/last used/).waitFor();
  assert.equal(new URL(page.url()).pathname, '/settings/account');
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a forgotten password is set anew by an administrator’s link, which ends all sessions', async () => {
  const page = await person(chromium, { name: 'linus' });
  await page.goto(postroom.url);
  await page.getByRole('button', { name: 'Forgot your password?' }).click();
  await page.getByText('ask them').waitFor();
  await shot(page, 'forgot');
  await enter(page, 'linus@contoso.example', password);
  await page.getByRole('button', { name: /Linus/ }).first().waitFor();

  await settings(admin, 'people');
  await admin.getByRole('button', { name: 'Change Linus Weber' }).click();
  await admin.getByRole('menuitem', { name: 'Link for a new password' }).click();
  await admin.getByRole('dialog').getByText('Give them this link.').waitFor();
  const link = await shown(admin);
  await admin.getByRole('button', { name: 'Done' }).click();

  const other = await person(chromium, { name: 'linus elsewhere' });
  await other.goto(link);
  await other.getByText('linus@contoso.example').waitFor();
  await other.getByRole('textbox', { name: /^New password/ }).fill('something quite new');
  await shot(other, 'reset');
  await accessible(other, 'reset');
  await other.getByRole('button', { name: 'Set the password' }).click();
  await other.getByText('Your password is set').waitFor();
  assert.equal(await page.evaluate(() => fetch('/api/session').then((r) => r.status)), 401);
  await enter(other, 'linus@contoso.example', 'something quite new');
  await other.getByRole('button', { name: /Linus/ }).first().waitFor();
  await other.context().close();
  await page.context().close();
});

test('somebody sees where they are signed in and signs another browser out', async () => {
  const phone = await person(chromium, { name: 'phone', width: 390, height: 844, scheme: 'dark' });
  await enter(phone, grace, password);
  await phone.waitForURL((u) => u.pathname !== '/');
  await phone.goto(`${postroom.url}/settings/account`);
  await account(phone, 'Grace Hopper');
  await shot(phone, 'account-phone-dark');
  const page = await person(chromium, { name: 'grace' });
  await enter(page, grace, password);
  await inside(page);
  await settings(page, 'account');
  const list = page.getByRole('list', { name: 'Where you are signed in' });
  await list.getByText('This browser').waitFor();
  assert.ok((await list.getByRole('listitem').count()) >= 2);
  await page.getByRole('button', { name: 'Sign out all others' }).click();
  await page.waitForFunction((name) => document.querySelectorAll(`ul[aria-label="${name}"] > li`).length === 1, 'Where you are signed in');
  assert.equal(await phone.evaluate(() => fetch('/api/session').then((r) => r.status)), 401);
  await phone.context().close();
  await page.context().close();
});

test('disabling ends the session; nothing brings the person back', async () => {
  await settings(admin, 'people');
  await admin.getByRole('button', { name: 'Change Bob' }).click();
  await shot(admin, 'people');
  await admin.getByRole('menuitem', { name: 'Disable…' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await admin.getByText('Disabled', { exact: true }).waitFor();
  assert.equal(await bob.evaluate(() => fetch('/api/session').then((r) => r.status)), 401);
  await bob.goto(postroom.url);
  await bob.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await bob.getByText('The passkey was not accepted.').waitFor();
  await enter(bob, 'bob@example.org', bobs);
  await bob.getByText('do not fit together').waitFor();
});

test('the audit log says what happened', async () => {
  await settings(admin, 'audit');
  const log = admin.getByRole('list', { name: 'Audit log' });
  await log.getByText('Changed a person').first().waitFor();
  await shot(admin, 'audit');
  await accessible(admin, 'audit');
  await admin.getByLabel('What happened').selectOption({ label: 'Sign-in refused' });
  await log.getByRole('listitem').filter({ hasText: 'Bob' }).first().waitFor();
  await admin.getByLabel('What happened').selectOption({ label: 'Everything' });
  await admin.getByLabel('Person').selectOption({ label: 'Bob' });
  for (const words of ['invitation accepted', 'authenticator app added', 'passkey added', 'disabled']) await log.getByText(words, { exact: false }).first().waitFor();
  const raw = await admin.evaluate(() => fetch('/api/audit?limit=200').then((r) => r.text()));
  for (const secret of [bobs, password, 'something quite new', 'token=']) assert.ok(!raw.includes(secret), secret);
  assert.ok(!postroom.output.includes('token='));
  await settings(admin, 'signing-in');
  await admin.getByRole('button', { name: 'Edit' }).click();
  await admin.getByText(`${postroom.url}/auth/callback`).waitFor();
  await shot(admin, 'signing-in');
  await accessible(admin, 'signing in');

  const phone = await person(chromium, { name: 'phone', width: 390, height: 844, scheme: 'dark', storageState: await admin.context().storageState() });
  for (const [name, words] of [['people', 'Invitations'], ['audit', 'password, Chrome on Linux'], ['signing-in', 'Beside passwords']]) {
    await settings(phone, name);
    await phone.getByRole('main').getByText(words).last().waitFor();
    await shot(phone, `${name}-phone-dark`);
    await accessible(phone, `${name}, dark, on a phone`);
  }
  assert.deepEqual(phone.problems, []);
  await phone.context().close();
});
