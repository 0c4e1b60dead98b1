// npm run test:peers [-- --all] [NAME ...]: real clients and servers against ours. Each suite installs what it needs into a
// cache outside the repository and ends with "N passed, N failed". Without --all only the suites marked quick run.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildWebIfStale } from './build-web.mjs'
import { ensureInstalled, environment, root } from './setup.mjs'

ensureInstalled()
await buildWebIfStale()
const suites = JSON.parse(readFileSync(join(root, 'tools', 'peers', 'suites.json'), 'utf8'))
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
const all = process.argv.includes('--all')
const chosen = suites.filter((suite) =>
  wanted.length > 0 ? wanted.includes(suite.name) : all || suite.quick,
)
if (wanted.length > chosen.length) {
  process.stderr.write(`Unknown suite. Known: ${suites.map((suite) => suite.name).join(', ')}\n`)
  process.exit(2)
}

async function runSuite(suite) {
  const [command, ...args] = suite.command
  const child = spawn(command, args, {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  let tail = ''
  const minutes = suite.minutes ?? 5
  const timer = setTimeout(() => {
    process.stdout.write(`\n${suite.name}: stopped, it was not done after ${minutes} minutes\n`)
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }, minutes * 60_000)
  child.stdout.on('data', (chunk) => {
    process.stdout.write(chunk)
    tail = (tail + chunk).slice(-4000)
  })
  const closed = once(child, 'close')
  const [code] = await once(child, 'exit')
  clearTimeout(timer)
  // The last lines may still be in the pipe; something that the suite left behind may hold it open for ever.
  await Promise.race([closed, sleep(2000)])
  const counts = [...tail.matchAll(/(\d+) passed, (\d+) failed/g)].at(-1)
  return {
    code: code ?? 1,
    passed: Number(counts?.[1] ?? 0),
    failed: Number(counts?.[2] ?? (code === 0 ? 0 : 1)),
  }
}

let passed = 0
let failed = 0
const failing = []
for (const suite of chosen) {
  process.stdout.write(`\n== ${suite.name}: ${suite.what}\n`)
  const started = Date.now()
  const result = await runSuite(suite)
  const failures = Math.max(result.failed, result.code === 0 && result.passed > 0 ? 0 : 1)
  passed += result.passed
  failed += failures
  if (failures > 0) failing.push(suite.name)
  process.stdout.write(`== ${suite.name}: ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
}
if (failing.length > 0) process.stdout.write(`\nfailing: ${failing.join(', ')}\n`)
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
