// Set-up that every npm script shares. Runs on Node 20.19+, before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stampFile = join(root, 'node_modules', '.beamtime-installed')

/** Stops with one readable message. */
export function fail(message, code = 1) {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(
    `Beamtime needs Node 20.19 or newer to set itself up; this is Node ${process.versions.node}.\n` +
      'Install a newer Node (https://nodejs.org) and run the same command again.',
    78,
  )
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
}

/** Installs the dependencies when they are missing or the lock file has changed since. */
export function ensureInstalled() {
  requireNode()
  const hash = lockHash()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash && existsSync(node24())) return
  process.stdout.write('Installing (once; Node 24 is part of it) ...\n')
  // Not `npm ci`: it refuses a lock file whose optional packages of another platform a mirror does not carry.
  const result = spawnSync('npm', ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (result.status !== 0) {
    fail(
      'npm install failed: the messages above say why. Without network, make the npm registry or a mirror of it reachable and run again.',
    )
  }
  if (!existsSync(node24())) {
    fail(
      `The npm package "node" did not bring its program (${node24()}).\n` +
        'Its install script must run: check that npm is not started with --ignore-scripts, then run again.',
    )
  }
  writeFileSync(stampFile, hash)
}

/** The project's own Node 24. */
export function node24() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  return join(root, 'node_modules', 'node', 'bin', name)
}

export function environment(extra = {}) {
  const bin = [dirname(node24()), join(root, 'node_modules', '.bin')].join(delimiter)
  return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, ...extra }
}

/** Runs a program with the project's Node first on the PATH and returns its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      env: environment(options.env),
      ...options.spawn,
    })
    const forward = (signal) => child.kill(signal)
    process.on('SIGINT', forward)
    process.on('SIGTERM', forward)
    child.on('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`)
      resolve(127)
    })
    child.on('exit', (code, signal) => {
      process.off('SIGINT', forward)
      process.off('SIGTERM', forward)
      resolve(code ?? (signal === null ? 1 : 128 + 15))
    })
  })
}

/** Runs a tool of node_modules/.bin under the project's Node. */
export function tool(name, args, options = {}) {
  return run(join(root, 'node_modules', '.bin', name), args, options)
}

export function cacheFolder(name) {
  const folder = join(root, 'node_modules', '.cache', name)
  mkdirSync(folder, { recursive: true })
  return folder
}
