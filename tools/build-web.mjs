// Builds the web app when its sources are newer than the build.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalled, fail, root, tool } from './setup.mjs'

const app = join(root, 'apps', 'control-room')
const stampFile = join(app, 'dist', '.source-hash')

/** Every file the build reads: the app's own sources, what it imports from packages, and the lock file. */
function* sources() {
  const folders = [join(app, 'src'), join(app, 'public'), join(app, 'build')]
  for (const folder of folders) {
    if (!existsSync(folder)) continue
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) yield join(entry.parentPath ?? entry.path, entry.name)
    }
  }
  for (const name of ['index.html', 'vite.config.ts', 'package.json']) {
    if (existsSync(join(app, name))) yield join(app, name)
  }
  yield join(root, 'package-lock.json')
}

function sourceHash() {
  const hash = createHash('sha256')
  for (const file of [...sources()].sort((a, b) => (a < b ? -1 : 1)))
    hash.update(file.slice(root.length)).update(readFileSync(file))
  return hash.digest('hex')
}

/** Returns true when it had to build. */
export async function buildWebIfStale() {
  const hash = sourceHash()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash) return false
  process.stdout.write('Building the control room ...\n')
  const code = await tool('vite', ['build', '--logLevel', 'warn'], { spawn: { cwd: app } })
  if (code !== 0) fail('The control room could not be built; the messages above say why.')
  writeFileSync(stampFile, hash)
  return true
}

if (process.argv[1]?.endsWith('build-web.mjs')) {
  ensureInstalled()
  if (!(await buildWebIfStale())) process.stdout.write('The control room is up to date.\n')
}
