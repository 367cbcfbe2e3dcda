// What people do, in their words. Each step is done on the screen, by role and name.
import assert from 'node:assert/strict';
import { password } from './world.mjs';

export async function signIn(page, url, email) {
  await page.goto(url);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((u) => !u.pathname.startsWith('/sign-in') && u.pathname !== '/');
}

/** From the button to the simulated sign-in page, with the account chosen: the consent page is open. */
export async function toConsent(page, url, email) {
  await page.goto(`${url}/settings/mailboxes`);
  await page.getByRole('button', { name: 'Connect Outlook mailbox' }).click();
  await page.getByText('SIMULATED', { exact: true }).waitFor();
  await page.getByRole('button', { name: new RegExp(email.replace('.', '\\.')) }).click();
  await page.getByRole('button', { name: 'Accept' }).waitFor();
}

/** Connects the mailbox and returns the seconds from "Accept" until the newest mail is readable. */
export async function connect(page, url, email) {
  await toConsent(page, url, email);
  await page.getByRole('button', { name: 'Accept' }).click();
  const start = Date.now();
  await page.waitForURL(/\/connect\//);
  await page.getByText(`${email} is connected.`).waitFor();
  await openFolder(page, 'Inbox');
  await rows(page).first().click();
  await mail(page).first().waitFor();
  return (Date.now() - start) / 1000;
}

export const openFolder = (page, name) => page.getByRole('navigation').getByRole('link', { name: new RegExp(`^${name}`) }).first().click();
export const rows = (page) => page.getByRole('list', { name: 'Mails' }).getByRole('link');
export const row = (page, subject) => rows(page).filter({ hasText: subject });
export const mail = (page) => page.getByRole('article');

/** The document of the opened mail, inside its frame. */
export const body = (page) => mail(page).last().frameLocator('iframe').locator('body');

/** The simulator's own control door, as the demo prints it. */
export const controlOf = (postroom) => /switched on at (http:\S+)/.exec(postroom.output)[1];

/** The mailbox as the simulated server has it. */
export async function onServer(postroom, address) {
  const answer = await fetch(`${controlOf(postroom)}/mailbox?address=${encodeURIComponent(address)}`);
  assert.equal(answer.status, 200);
  return answer.json();
}

/** Waits until ok says so; for what has no event to wait for: the other side's state. */
export async function until(what, ok, most = 15_000) {
  const end = Date.now() + most;
  while (!(await ok())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}
