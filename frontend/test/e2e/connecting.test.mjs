// Connecting as people meet it: what is asked on the way, what is refused and why, a mailbox that is
// shared, and a link that leads somebody there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { controlOf, onServer, openFolder, row, signIn, until } from './steps.mjs';
import { Postroom, browser, person, shot } from './world.mjs';

const ada = 'ada@contoso.example';
const grace = 'grace@contoso.example';
const linus = 'linus@contoso.example';
const office = 'office@contoso.example';
const vera = 'vera@contoso.example';
let postroom, chromium, page, graces;

before(async () => {
  postroom = await Postroom.start('demo');
  chromium = await browser();
  page = await person(chromium, { name: 'ada' });
  graces = await person(chromium, { name: 'grace' });
  await signIn(page, postroom.url, ada);
  await control('users', { address: vera, name: 'Vera Rubin', called: 'v.rubin@contoso.example' });
});

after(async () => {
  await chromium?.close();
  await postroom?.stop();
});

const get = (path, who = page) => who.evaluate((path) => fetch(path).then((r) => r.json()), path);

async function control(path, body) {
  const r = await fetch(`${controlOf(postroom)}/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  assert.ok(r.ok, await r.text());
}

const clear = (name, scope = '*') => fetch(`${controlOf(postroom)}/faults?scope=${encodeURIComponent(scope)}&fault=${name}`, { method: 'DELETE' });

/** On the simulated pages: chooses the account and accepts, where that is asked. */
async function choose(who, email) {
  await who.getByText('SIMULATED', { exact: true }).waitFor();
  const account = who.getByRole('button', { name: new RegExp(email.replaceAll('.', '\\.')) });
  const accept = who.getByRole('button', { name: 'Accept' });
  await account.or(accept).first().waitFor();
  if (await account.isVisible()) await account.click();
  await who.waitForFunction((own) => location.origin === own || document.body.innerText.includes('Accept'), postroom.url);
  if (await accept.isVisible()) await accept.click();
  await who.waitForURL(/\/connect\//);
}

async function startConnect(who = page) {
  await who.goto(`${postroom.url}/settings/mailboxes`);
  await who.getByRole('button', { name: 'Connect Outlook mailbox' }).click();
}

async function startWith(fill) {
  await page.goto(`${postroom.url}/settings/mailboxes`);
  await page.getByRole('button', { name: 'More choices …' }).click();
  await fill(page.getByRole('dialog'));
  await page.getByRole('button', { name: 'Go to the sign-in page' }).click();
}

const stepState = (name) => page.locator(`[data-step=${name}]`).getAttribute('data-state');

async function accessible(who, what) {
  const { violations } = await new AxeBuilder({ page: who }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' | ')}`), [], what);
}

test('a denied consent ends at its step and stores nothing', async () => {
  await startConnect();
  await page.getByRole('button', { name: /ada@contoso\.example/ }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.waitForURL(/\/connect\//);
  await page.getByText('The connection was cancelled at the sign-in page.').waitFor();
  assert.equal(await stepState('sign_in'), 'failed');
  assert.equal(await stepState('token'), 'waiting');
  await accessible(page, 'a failed attempt');
  assert.deepEqual(await get('/api/mailboxes'), []);
});

test('another account than the expected one is refused, and both are named', async () => {
  await startWith(async (dialog) => {
    await dialog.getByLabel('Its address, if you like').fill(ada);
    await dialog.getByLabel('How far back').selectOption('quarter');
    await shot(page, 'connect-choices');
    await accessible(page, 'the choices');
  });
  await choose(page, grace);
  await page.getByText(`Expected was ${ada}; you signed in as ${grace}.`).waitFor();
  await shot(page, 'connect-wrong-account');
  assert.deepEqual(await get('/api/mailboxes'), []);
});

test('SMTP that is switched off is asked about: receive-only', async () => {
  await control('faults', { scope: '*', fault: 'smtp.auth', value: 'mailbox' });
  await page.getByRole('button', { name: 'Start again' }).click();
  await choose(page, ada);
  await page.getByText('Set-CASMailbox -Identity ada@contoso.example').first().waitFor();
  await shot(page, 'connect-asks-sending');
  await accessible(page, 'a question');
  assert.deepEqual(await get('/api/mailboxes'), []);
  await page.getByRole('button', { name: 'Connect for receiving only' }).click();
  await page.getByText(`${ada} is connected.`).waitFor();
  const [box] = await get('/api/mailboxes');
  assert.equal(box.canSend, false);
  assert.ok(box.since > 0);
  await shot(page, 'connect-receive-only');
  await clear('smtp.auth');
});

test('a wrong account on reconnect is asked about; the right one keeps the mailbox', async () => {
  const [before] = await get('/api/mailboxes');
  const reconnect = async (who) => {
    await page.context().clearCookies({ name: 'simulated_microsoft365' });
    await page.goto(`${postroom.url}/settings/mailboxes`);
    await page.getByRole('button', { name: 'Reconnect' }).first().click();
    await page.getByText('SIMULATED', { exact: true }).waitFor();
    const other = page.getByRole('button', { name: /another account/i });
    if (who !== ada) {
      await other.click();
      await page.locator('input[name=username]').fill(who);
      await page.getByRole('button', { name: 'Next' }).click();
      await page.waitForFunction((own) => location.origin === own || document.body.innerText.includes('Accept'), postroom.url);
      const accept = page.getByRole('button', { name: 'Accept' });
      if (await accept.isVisible()) await accept.click();
      await page.waitForURL(/\/connect\//);
    } else await choose(page, who);
  };
  await reconnect(grace);
  await page.getByText(`This mailbox is ${ada}; you signed in as ${grace}.`).waitFor();
  await page.getByRole('button', { name: 'Add it as a mailbox of its own' }).waitFor();
  await shot(page, 'connect-asks-account');
  await reconnect(ada);
  await page.getByText(`${ada} is connected.`).waitFor();
  const boxes = await get('/api/mailboxes');
  assert.deepEqual(boxes.map((b) => b.id), [before.id]);
  assert.equal(boxes[0].canSend, true);
});

test('a sign-in name that opens nothing is corrected by hand, without another consent', async () => {
  await startConnect();
  await choose(page, vera);
  await page.getByText('The account signed in, but its mailbox would not open.').waitFor();
  await shot(page, 'connect-asks-address');
  await page.getByLabel('The mailbox’s own address or user name').fill(vera);
  await page.getByRole('button', { name: 'Try this name' }).click();
  await page.getByText(/v(era|\.rubin)@contoso\.example is connected\./).waitFor();
  assert.equal(await stepState('imap'), 'ok');
});

test('a shared mailbox is connected with one’s own sign-in, read, and written from', async () => {
  await startWith(async (dialog) => {
    await dialog.getByLabel('A shared one').check();
    await dialog.getByLabel('Address of the shared mailbox').fill(office);
  });
  await choose(page, ada);
  await page.getByText(`${office} is connected.`).waitFor();
  assert.match(await page.locator('[data-step=smtp]').innerText(), /ada@contoso\.example/);
  await shot(page, 'connect-shared');
  const box = (await get('/api/mailboxes')).find((b) => b.address === office);
  await until('its mail is here', async () => (await get('/api/search?q=visitors')).messages?.some((m) => m.subject === 'Visitors on Thursday'));
  const send = (mailbox, subject) =>
    page.evaluate(
      ({ mailbox, subject, to }) =>
        fetch('/api/outgoing', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': subject },
          body: JSON.stringify({ mailbox, to: [{ addr: to }], cc: [], bcc: [], subject, text: 'Coffee is ordered.', uploads: [] }),
        }).then((r) => r.json()),
      { mailbox, subject, to: linus },
    );
  await send(box.id, 'Coffee for Thursday');
  await until('it is sent and filed', async () => {
    const [out] = await get('/api/outgoing');
    return out.state === 'sent' && out.confirmedAt > 0;
  });
  const sentOf = async (address) => (await onServer(postroom, address)).folders.find((f) => f.name === 'Sent Items').messages.filter((m) => m.subject === 'Coffee for Thursday').length;
  assert.equal(await sentOf(office), 1, 'the copy is in the shared Sent folder, once');
  await until('Exchange has filed its own copy with whoever was signed in', async () => (await sentOf(ada)) === 1);
  assert.equal(await sentOf(office), 1);
  const arrived = (await onServer(postroom, linus)).folders.find((f) => f.name === 'INBOX').messages.find((m) => m.subject === 'Coffee for Thursday');
  assert.ok(arrived);
});

test('a connect link leads from the board to a connected mailbox, and says how far it has led', async () => {
  await page.goto(`${postroom.url}/settings/links`);
  await page.getByText('Nobody was asked yet').waitFor();
  await page.getByLabel('Addresses').fill(`Grace Hopper <${grace}>; nobody@contoso.example`);
  await page.getByRole('button', { name: 'Make 2 links' }).click();
  const link = await page.locator('[data-link]').first().innerText();
  await shot(page, 'links-made');
  await accessible(page, 'the board of links');
  await graces.goto(link);
  await graces.getByLabel('E-mail address').fill(grace);
  await graces.getByRole('textbox', { name: 'Password' }).fill('postroom-demo');
  await graces.getByRole('button', { name: 'Sign in', exact: true }).click();
  await graces.getByText(`Connect ${grace}`).waitFor();
  await shot(graces, 'link-offer');
  await accessible(graces, 'the offer of a link');
  const state = () => page.locator('li', { hasText: grace }).getAttribute('data-link-state');
  await until('the board knows that it was opened', async () => (await state()) === 'opened');
  await graces.getByRole('button', { name: 'Go to the Outlook sign-in page' }).click();
  await choose(graces, linus);
  await graces.getByText(`Expected was ${grace}; you signed in as ${linus}.`).waitFor();
  await until('the board knows that it failed', async () => (await state()) === 'failed');
  await graces.getByRole('button', { name: 'Start again' }).click();
  await choose(graces, grace);
  await graces.getByText(`${grace} is connected.`).waitFor();
  await until('the board knows that it is connected', async () => (await state()) === 'connected');
  await shot(page, 'links-board');
  await graces.goto(link);
  await graces.getByText('This link does not count any more.').waitFor();
  await openFolder(graces, 'Inbox');
});

test('disconnecting keeps the mail when that is wished, and reconnecting goes on', async () => {
  await graces.goto(`${postroom.url}/settings/mailboxes`);
  const [before] = await get('/api/mailboxes', graces);
  await until('all mail is here', async () => (await get('/api/mailboxes', graces))[0].state === 'connected', 30_000);
  await graces.getByRole('button', { name: 'Disconnect' }).click();
  await shot(graces, 'disconnect');
  await accessible(graces, 'the question before disconnecting');
  await graces.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await graces.getByText('The sign-in is erased here.').waitFor();
  await shot(graces, 'disconnected');
  await graces.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  assert.equal((await get('/api/mailboxes', graces))[0].state, 'disconnected');
  await graces.getByText('its mail stays here').waitFor();
  await graces.getByRole('button', { name: 'Reconnect' }).click();
  await graces.waitForURL(/\/connect\//); // whoever is signed in at Microsoft sees no page
  await graces.getByText(`${grace} is connected.`).waitFor();
  const [again] = await get('/api/mailboxes', graces);
  assert.equal(again.id, before.id);
});

test('the pages hold on a phone and in the dark', async () => {
  const phone = await person(chromium, { name: 'phone', width: 390, height: 844, scheme: 'dark' });
  await signIn(phone, postroom.url, linus);
  await control('faults', { scope: '*', fault: 'smtp.auth', value: 'tenant' });
  await startConnect(phone);
  await choose(phone, linus);
  await phone.getByText('Set-TransportConfig').first().waitFor();
  await shot(phone, 'connect-phone');
  await accessible(phone, 'a question on a phone, dark');
  const wide = await phone.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(wide, false, 'nothing is wider than the phone');
  await clear('smtp.auth');
  await phone.getByRole('button', { name: 'Try again' }).click();
  await phone.getByText(`${linus} is connected.`).waitFor();
  assert.deepEqual([...page.problems, ...graces.problems, ...phone.problems], []);
});
