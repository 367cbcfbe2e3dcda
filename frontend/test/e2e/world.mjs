// What the browser tests stand on: the built binary with its simulated Microsoft 365 in a folder of
// its own, and real Chromium. Nothing is stubbed.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'

const root = resolve(import.meta.dirname, '../../..')
export const shots = resolve(import.meta.dirname, '../shots')
export const password = 'postroom-demo'

/** A port that nobody listens on. */
async function freePort() {
  const s = createServer()
  await new Promise((ok) => s.listen(0, '127.0.0.1', ok))
  const { port } = s.address()
  await new Promise((ok) => s.close(ok))
  return port
}

/** A running Postroom. `command` is demo or serve. */
export class Postroom {
  static async start(
    command = 'demo',
    { data = mkdtempSync(join(tmpdir(), 'postroom-e2e-')), port, env = {} } = {},
  ) {
    const p = new Postroom()
    p.data = data
    p.port = port ?? (await freePort())
    p.url = `http://localhost:${p.port}`
    p.output = ''
    p.process = spawn(process.env.POSTROOM_BIN ?? join(root, 'postroom'), [command], {
      env: { ...process.env, POSTROOM_LISTEN: `127.0.0.1:${p.port}`, POSTROOM_DATA: data, ...env },
    })
    const collect = (b) => {
      p.output += b
    }
    p.process.stdout.on('data', collect)
    p.process.stderr.on('data', collect)
    p.ended = new Promise((ok) => p.process.on('exit', (code, signal) => ok({ code, signal })))
    await p.healthy()
    return p
  }

  /** Asks /healthz until it answers 200. */
  async healthy() {
    const end = Date.now() + 30_000
    let over
    this.ended.then((how) => {
      over = how
    })
    for (;;) {
      if (over) throw new Error(`postroom ended: ${JSON.stringify(over)}\n${this.output}`)
      const ok = await fetch(`${this.url}/healthz`).then(
        (r) => r.ok,
        () => false,
      )
      if (ok) return
      if (Date.now() > end) throw new Error(`postroom does not answer\n${this.output}`)
      await new Promise((next) => setTimeout(next, 50))
    }
  }

  /** Stops it as systemd would, and returns how it ended. */
  async stop({ keep = false } = {}) {
    this.process.kill('SIGTERM')
    const how = await this.ended
    if (!keep) rmSync(this.data, { recursive: true, force: true })
    return how
  }
}

/** A browser; each person gets a context of their own. */
export async function browser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** A person in front of a screen. Errors of the page are collected: a test ends by looking at them. */
export async function person(b, { name, width = 1440, height = 900, scheme = 'light', ...more } = {}) {
  const context = await b.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    acceptDownloads: true,
    ...more,
  })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  page.problems = []
  page.on('pageerror', (e) => page.problems.push(`${name}: ${e.message}`))
  page.on('console', (m) => {
    if (m.type() === 'error' && !/status of (401|404|409|410|422)/.test(m.text()))
      page.problems.push(`${name}: ${m.text()}`)
  })
  return page
}

/** Keeps a picture of what is on the screen. */
export async function shot(page, name) {
  mkdirSync(shots, { recursive: true })
  await page.screenshot({ path: join(shots, `${name}.png`) })
}
