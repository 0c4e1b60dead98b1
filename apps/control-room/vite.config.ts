import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { finishPlugin } from './build/finish-plugin.ts'
import { tokenStyleSheet } from './src/theme/tokens.ts'

/** The token file as a style sheet: colours are named once, in src/theme/tokens.ts. */
function tokens(): Plugin {
  const id = 'virtual:tokens.css'
  return {
    name: 'tokens',
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load: (source) => (source === `\0${id}` ? tokenStyleSheet() : undefined),
  }
}

// CONTROL_ROOM_SERVER: a running platform for `vite dev`, e.g. http://127.0.0.1:60610
const server = process.env['CONTROL_ROOM_SERVER'] ?? 'http://127.0.0.1:60610'

export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  plugins: [
    react(),
    tokens(),
    ...(mode === 'gallery' ? [] : [finishPlugin(resolve(import.meta.dirname, 'dist'))]),
  ],
  build: {
    outDir: mode === 'gallery' ? 'gallery/dist' : 'dist',
    emptyOutDir: true,
    target: 'es2024',
    modulePreload: { polyfill: false },
    manifest: 'manifest.json',
    assetsInlineLimit: 0,
    rolldownOptions:
      mode === 'gallery'
        ? {
            input: [
              resolve(import.meta.dirname, 'gallery/index.html'),
              resolve(import.meta.dirname, 'gallery/app.html'),
            ],
          }
        : {},
  },
  server: { host: '127.0.0.1', proxy: { '/api': { target: server, ws: true } } },
}))
