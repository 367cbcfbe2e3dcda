// Whoever meets a problem finds the words for whoever can mend it, and the page that explains it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { controlOf, signIn } from './steps.mjs';
import { Postroom, browser, person, shot } from './world.mjs';

const ada = 'ada@contoso.example';
let postroom, chromium;

before(async () => {
  postroom = await Postroom.start('demo');
  chromium = await browser();
});

after(async () => {
  await chromium?.close();
  await postroom?.stop();
});

async function accessible(page, what) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  assert.deepEqual(violations.map((v) => `${what}: ${v.id}: ${v.nodes[0].html}`), []);
}

test('a problem gives its message, its raw text and its page', async () => {
  const page = await person(chromium, { name: 'ada', permissions: ['clipboard-read', 'clipboard-write'] });
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await signIn(page, postroom.url, ada);
  await fetch(`${controlOf(postroom)}/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ scope: '*', fault: 'imap.notconnected', value: '' }) });
  await page.goto(`${postroom.url}/settings/mailboxes`);
  await page.getByRole('button', { name: 'Connect Outlook mailbox' }).click();
  await page.getByRole('button', { name: /ada@contoso\.example/ }).click();
  await page.getByRole('button', { name: 'Accept' }).click();

  await page.getByRole('button', { name: 'Copy message for your administrator' }).click();
  const message = await clipboard();
  for (const words of ['Hello,', 'its mailbox would not open', 'Set-CASMailbox', '-ImapEnabled $true', 'User is authenticated but not connected', 'Thank you!']) assert.ok(message.includes(words), `${words} is not in\n${message}`);
  await page.getByText('Details', { exact: true }).click();
  await page.locator('pre', { hasText: 'User is authenticated but not connected' }).waitFor();
  await shot(page, 'problem-notice');
  await accessible(page, 'a problem');

  const opening = page.waitForEvent('popup');
  await page.getByRole('link', { name: 'About this problem' }).click();
  const help = await opening;
  const here = help.locator('[data-here]');
  await here.waitFor();
  assert.match(await here.innerText(), /User is authenticated but not connected/);
  await help.waitForFunction(() => scrollY > 0);
  await page.context().close();
});

for (const look of [{ as: 'light' }, { as: 'dark', scheme: 'dark' }, { as: 'phone', width: 390, height: 844, hasTouch: true, isMobile: true }]) {
  test(`the dictionary is there for everybody, searchable: ${look.as}`, async () => {
    const page = await person(chromium, { name: look.as, ...look });
    await page.goto(`${postroom.url}/help/problems#aadsts50079`);
    assert.match(await page.locator('[data-here]').innerText(), /second factor/);
    await shot(page, `${look.as}-problems-here`);
    await page.getByRole('searchbox').fill('535 5.7.139 Tenant');
    await page.getByText('Set-TransportConfig').first().waitFor();
    assert.equal(await page.locator('li').count(), 1);
    await shot(page, `${look.as}-problems-found`);
    await page.getByRole('searchbox').fill('AADSTS7000222: The provided client secret keys for app are expired. Trace ID: 0');
    await page.getByText('The client secret has expired.').waitFor();
    assert.equal(await page.locator('li').count(), 1);
    await page.getByRole('searchbox').fill('nothing says this');
    await page.getByText('Nothing here says that').waitFor();
    await page.getByRole('searchbox').fill('');
    await page.locator('li').first().waitFor();
    await page.evaluate(() => scrollTo(0, 0));
    await shot(page, `${look.as}-problems`);
    await accessible(page, `${look.as} problems`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'wider than the screen');
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });
}

test('the way back leads into the app, and a broken dictionary says so', async () => {
  const page = await person(chromium, { name: 'broken' });
  await page.route('**/api/problems', (route) => route.fulfill({ status: 502, body: 'no' }));
  await page.goto(`${postroom.url}/help/problems`);
  await page.getByText('The server gave an answer that this page does not understand.').waitFor();
  await page.unroute('**/api/problems');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('li').first().waitFor();
  await page.getByRole('link', { name: 'Postroom', exact: true }).click();
  await page.getByLabel('E-mail address').waitFor();
  await page.context().close();
});
