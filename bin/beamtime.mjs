#!/usr/bin/env node
// Starts the command line. Has to run on Node 20.19: an older Node than 24.6 hands over to the one that is
// installed with the project.
import { existsSync, realpathSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))))
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major > 24 || (major === 24 && minor >= 6)) {
  // Beside the installed packages, so that nothing is left in the folder for temporary files.
  module.enableCompileCache?.(join(root, 'node_modules/.cache/beamtime'))
  const { main } = await import('../packages/cli/src/main.ts')
  await main(process.argv.slice(2))
} else {
  await handOver()
}

async function handOver() {
  const node = [join(root, 'node_modules/node/bin/node'), join(root, 'node_modules/.bin/node')].find(
    existsSync,
  )
  if (node === undefined) {
    console.error(
      `beamtime needs Node 24.6 or newer and this is Node ${process.versions.node}. ` +
        'Run `npm install` in the folder of the project, which brings its own.',
    )
    process.exit(1)
  }
  const { spawn } = await import('node:child_process')
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to both; the child takes several within a moment as one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}
