import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { lingui } from '@lingui/vite-plugin'
import babel from '@rolldown/plugin-babel'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const server = 'http://127.0.0.1:8080'

// The server sends the .br or .gz that lies beside a file; nothing is compressed on the way.
const precompress = (): Plugin => ({
  name: 'precompress',
  apply: 'build',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        if (!/\.(js|css|html|svg|json|webmanifest)$/.test(name)) continue
        const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source)
        if (bytes.length < 1024) continue
        const best = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }
        this.emitFile({ type: 'asset', fileName: `${name}.br`, source: brotliCompressSync(bytes, best) })
        this.emitFile({ type: 'asset', fileName: `${name}.gz`, source: gzipSync(bytes, { level: 9 }) })
      }
    },
  },
})

// Lingui's macros turn text in the source into catalog keys.
const macros = babel({
  include: /src\/.*\.tsx?$/,
  plugins: ['@lingui/babel-plugin-lingui-macro'],
  parserOpts: { plugins: ['typescript', 'jsx'] },
} as never)

export default defineConfig({
  // The server writes a fresh nonce in place of this mark with every answer.
  html: { cspNonce: '__CSP_NONCE__' },
  plugins: [react(), macros, lingui(), precompress()],
  build: {
    target: 'es2023',
    // Older targets make Lightning CSS rewrite light-dark() into variables that break Mantine's schemes.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    sourcemap: 'hidden',
    modulePreload: { polyfill: false },
  },
  test: { environment: 'jsdom', include: ['test/unit/**/*.test.ts'] },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': server, '/oauth': server, '/auth': server, '/m': server },
  },
})
