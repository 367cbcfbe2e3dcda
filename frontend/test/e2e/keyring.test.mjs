// An administrator looks at the keys, replaces one with the commands that the page names, and sees
// how far that has come.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { signIn } from './steps.mjs';
import { Postroom, browser, person, shot } from './world.mjs';

let postroom, chromium, page;

before(async () => {
  postroom = await Postroom.start('demo');
  chromium = await browser();
  page = await person(chromium, { name: 'keyring' });
  await signIn(page, postroom.url, 'ada@contoso.example');
});

after(async () => {
  await chromium?.close();
  await postroom?.stop();
});

const secrets = (...args) => execFileSync(postroom.process.spawnfile, ['secrets', ...args], { env: { ...process.env, POSTROOM_DATA: postroom.data }, encoding: 'utf8' });
const open = async () => {
  await page.goto(`${postroom.url}/settings/keys`);
  await page.getByText('Seals what is new').waitFor();
};

async function accessible() {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
}

test('a key is added, made primary, rotated to and the old one forgotten, beside a running Postroom', async () => {
  await open();
  const old = /Key (\d+)/.exec(await page.getByText(/^Key \d+$/).first().textContent())[1];
  await shot(page, 'keyring-one');
  await accessible();

  const next = /key (\d+)/.exec(secrets('add'))[1];
  secrets('primary', next);
  await open();
  await page.getByText(/of \d+ secrets are under the newest key/).waitFor();
  await shot(page, 'keyring-half');
  await accessible();
  await page.setViewportSize({ width: 390, height: 844 });
  await shot(page, 'keyring-phone');
  await accessible();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 1280, height: 800 });
  await open();
  await shot(page, 'keyring-dark');
  await accessible();

  secrets('rotate');
  await page.getByText('Seals nothing.').waitFor(); // the page looks by itself
  secrets('status', '--check');
  secrets('forget', old);
  await open();
  assert.equal(await page.getByText(/^Key \d+$/).count(), 1);
  await page.getByText(`Key ${next}`).waitFor();
  assert.deepEqual(page.problems, []);
});
