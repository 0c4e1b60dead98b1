// npm start: installs, builds the web app if stale, starts the demo platform.
import { join } from 'node:path'
import { buildWebIfStale } from './build-web.mjs'
import { ensureInstalled, node24, root, run } from './setup.mjs'

ensureInstalled()
await buildWebIfStale()
const args = [join(root, 'bin', 'beamtime.mjs'), 'up', '--profile', 'demo', ...process.argv.slice(2)]
process.exitCode = await run(node24(), args)
