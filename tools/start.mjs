// npm start: installs, builds the web app if stale, starts the demo platform.
import { join } from 'node:path'
import { buildWebIfStale } from './build-web.mjs'
import { ensureInstalled, node24, root, run } from './setup.mjs'

ensureInstalled()
await buildWebIfStale()
const given = process.argv.slice(2)
// A configuration file of one's own takes the place of the demo profile.
const own = given.some((argument) => /^--(config|profile)(=|$)/.test(argument))
const args = [join(root, 'bin', 'beamtime.mjs'), 'up', ...(own ? [] : ['--profile', 'demo']), ...given]
process.exitCode = await run(node24(), args)
