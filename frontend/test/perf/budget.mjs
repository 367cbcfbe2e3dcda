// The built app may not grow past these sizes (kB, gzip). Run after `npm run build`.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const budget = { 'initial JS': 185, 'initial CSS': 16, 'composer JS': 170 }

const dist = new URL('../../dist/', import.meta.url)
const read = (name) => readFileSync(new URL(name, dist))
const packed = (names) =>
  [...names].reduce((sum, name) => sum + gzipSync(read(name), { level: 9 }).length, 0) / 1000

const page = read('index.html').toString()
const refs = (pattern) => [...page.matchAll(pattern)].map((m) => m[1].replace(/^\//, ''))
const start = refs(/<script[^>]*src="(\/assets\/[^"]+\.js)"/g)
const styles = refs(/<link[^>]*href="(\/assets\/[^"]+\.css)"/g)

/** The chunk with all that it imports before it runs; what it imports later, on demand, is not in it. */
function closure(entry, seen = new Set()) {
  if (seen.has(entry)) return seen
  seen.add(entry)
  for (const [, name] of read(entry)
    .toString()
    .matchAll(/(?:import|from)\s*"\.\/([^"]+\.js)"/g)) {
    closure(`assets/${name}`, seen)
  }
  return seen
}

const initial = new Set(start.flatMap((entry) => [...closure(entry)]))
const composer = [...initial]
  .flatMap((name) =>
    [
      ...read(name)
        .toString()
        .matchAll(/\.\/(Composer-[\w-]+\.js)/g),
    ].map((m) => `assets/${m[1]}`),
  )
  .slice(0, 1)
const later = new Set(composer.flatMap((entry) => [...closure(entry)]).filter((name) => !initial.has(name)))

const sizes = { 'initial JS': packed(initial), 'initial CSS': packed(styles), 'composer JS': packed(later) }
let over = false
for (const [what, size] of Object.entries(sizes)) {
  const ok = size > 0 && size <= budget[what]
  over ||= !ok
  console.log(`${ok ? 'ok  ' : 'OVER'} ${what}: ${size.toFixed(1)} of ${budget[what]} kB`)
}
process.exit(over ? 1 : 0)
