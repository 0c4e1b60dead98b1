// npm test: installs, builds the web app if stale, runs every test of the repository.
import { buildWebIfStale } from './build-web.mjs'
import { ensureInstalled, tool } from './setup.mjs'

ensureInstalled()
await buildWebIfStale()
process.exitCode = await tool('vitest', ['run', ...process.argv.slice(2)])
