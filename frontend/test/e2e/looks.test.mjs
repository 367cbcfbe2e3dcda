// Every screen in light, dark and on a phone: a picture of each, and no accessibility rule of
// WCAG 2.2 AA broken on any.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { connect, mail, openFolder, rows, signIn, until } from './steps.mjs';
import { Postroom, browser, person, shot } from './world.mjs';

let postroom, chromium, state, inbox;

before(async () => {
  postroom = await Postroom.start('demo');
  chromium = await browser();
  const page = await person(chromium, { name: 'ada' });
  await signIn(page, postroom.url, 'ada@contoso.example');
  await connect(page, postroom.url, 'ada@contoso.example');
  await until('all mail is here', async () => {
    const [box] = await page.evaluate(() => fetch('/api/mailboxes').then((r) => r.json()));
    inbox = box.folders.find((f) => f.role === 'inbox').id;
    return box.state === 'connected';
  }, 60_000);
  state = await page.context().storageState();
  await page.context().close();
});

after(async () => {
  await chromium?.close();
  await postroom?.stop();
});

async function accessible(page, what) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).exclude('iframe').analyze();
  assert.deepEqual(violations.map((v) => `${what}: ${v.id}: ${v.nodes[0].html}`), []);
}

const screens = [
  { name: 'inbox', open: async (page) => { await page.goto(`${postroom.url}/mail/${inbox}`); await rows(page).first().waitFor(); } },
  { name: 'mail', open: async (page) => { await page.goto(`${postroom.url}/mail/${inbox}`); await rows(page).filter({ hasText: 'Release review' }).first().click(); await mail(page).last().waitFor(); } },
  { name: 'composer', open: async (page) => { await page.goto(`${postroom.url}/mail/${inbox}`); await rows(page).first().waitFor(); await page.keyboard.press('c'); await page.locator('[contenteditable=true]').waitFor(); } },
  { name: 'outbox', open: (page) => page.goto(`${postroom.url}/outbox`) },
  { name: 'mailboxes', open: async (page) => { await page.goto(`${postroom.url}/settings/mailboxes`); await page.getByText('ada@contoso.example').first().waitFor(); } },
  { name: 'people', open: async (page) => { await page.goto(`${postroom.url}/settings/people`); await page.getByText('Grace Hopper').first().waitFor(); } },
  { name: 'providers', open: async (page) => { await page.goto(`${postroom.url}/settings/providers`); await page.getByText('Outlook').first().waitFor(); } },
  { name: 'search', open: async (page) => { await page.goto(`${postroom.url}/search?q=release`); await rows(page).first().waitFor(); } },
];

for (const look of [{ as: 'light' }, { as: 'dark', scheme: 'dark' }, { as: 'phone', width: 390, height: 844, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }]) {
  test(`every screen looks right: ${look.as}`, async () => {
    const page = await person(chromium, { name: look.as, storageState: state, ...look });
    for (const screen of screens) {
      await screen.open(page);
      await shot(page, `${look.as}-${screen.name}`);
      await accessible(page, `${look.as} ${screen.name}`);
    }
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });
}

test('mail is read, starred and put away without a mouse', async () => {
  const page = await person(chromium, { name: 'keys', storageState: state });
  await page.goto(`${postroom.url}/mail/${inbox}`);
  await rows(page).first().waitFor();
  await page.keyboard.press('j');
  await mail(page).first().waitFor();
  const first = page.url();
  await page.keyboard.press('j');
  await page.waitForURL((u) => u.href !== first);
  const id = page.url().split('/').at(-1);
  await page.keyboard.press('s');
  await until('it is starred', async () => (await page.evaluate((id) => fetch(`/api/messages/${id}`).then((r) => r.json()), id)).flagged);
  await page.keyboard.press('e');
  await until('it left the inbox', async () => (await page.evaluate((id) => fetch(`/api/messages/${id}`).then((r) => r.json()), id)).folder !== inbox);
  await page.keyboard.press('?');
  await shot(page, 'keys');
  await page.context().close();
});
