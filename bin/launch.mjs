// Starts an executable of this folder. Has to run on Node 20.19: an older Node than 24.6 hands over to the one that is
// installed with the project.
import { existsSync, realpathSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Runs `program` here, or this script again with the Node of the project. */
export async function launch(scriptUrl, program) {
  const script = realpathSync(fileURLToPath(scriptUrl))
  const root = dirname(dirname(script))
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 24 || (major === 24 && minor < 6)) return await handOver(root, script)
  module.enableCompileCache?.(join(root, 'node_modules/.cache/beamtime'))
  await program()
}

async function handOver(root, script) {
  const node = [join(root, 'node_modules/node/bin/node'), join(root, 'node_modules/.bin/node')].find(
    existsSync,
  )
  if (node === undefined) {
    console.error(
      `This program needs Node 24.6 or newer and this is Node ${process.versions.node}. ` +
        'Run `npm install` in the folder of the project, which brings its own.',
    )
    process.exit(1)
  }
  const { spawn } = await import('node:child_process')
  const child = spawn(node, [script, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}
