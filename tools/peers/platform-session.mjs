// A platform and a peer's server in one temporary folder, with a count of what was checked; imported by programs of this folder.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '@beamtime/service-kit/testing'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
export const launcher = join(root, 'bin', 'beamtime.mjs')

/** Asks every 250 ms until there is an answer; a question that fails is asked again. */
export async function until(what, check, seconds = 90) {
  const deadline = Date.now() + seconds * 1_000
  for (;;) {
    const value = await check().catch(() => null)
    if (value) return value
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`)
    await delay(250)
  }
}

/** Runs `session(folder, start, tell)`, ends what it started and says what was counted. */
export async function runSession(name, session) {
  const folder = mkdtempSync(join(tmpdir(), `bt-${name}-`))
  const children = new Set()
  const results = { passed: 0, failed: 0 }
  const tell = (what, fault) => {
    results[fault === null ? 'passed' : 'failed'] += 1
    process.stdout.write(
      `${fault === null ? 'pass' : 'FAIL'}  ${what}${fault === null ? '' : ` (${fault})`}\n`,
    )
  }
  const start = (command, args) => {
    const child = spawn(command, args, { stdio: 'ignore', cwd: folder })
    const one = { child, exited: new Promise((resolve) => child.once('exit', resolve)) }
    children.add(one)
    return async (signal) => {
      child.kill(signal)
      await one.exited
      children.delete(one)
    }
  }
  try {
    await session({ folder, start, tell })
  } catch (error) {
    tell('the session', String(error))
  } finally {
    for (const { child } of children) child.kill('SIGTERM')
    await Promise.all(Array.from(children, ({ exited }) => exited))
    rmSync(folder, { recursive: true, force: true })
  }
  process.stdout.write(`${results.passed} passed, ${results.failed} failed\n`)
  process.exitCode = results.failed === 0 ? 0 : 1
}

/** `beamtime up` on free ports, with more configuration where it is given. */
export async function startPlatform({ folder, start }, more = '') {
  const [http, kafka, registry, control, info] = await Promise.all(
    Array.from({ length: 5 }, () => freePort()),
  )
  const file = join(folder, 'beamtime.toml')
  writeFileSync(
    file,
    `[http]
listen = "127.0.0.1:${http}"
[broker]
listen = "127.0.0.1:${kafka}"
[registry]
listen = "127.0.0.1:${registry}"
[queue.main]
control = "tcp://127.0.0.1:${control}"
info = "tcp://127.0.0.1:${info}"
${more}`,
  )
  const place = ['--config', file, '--data', join(folder, 'platform')]
  const stop = start(process.execPath, [launcher, 'up', ...place])
  await until('the platform is ready', async () => (await fetch(`http://127.0.0.1:${http}/readyz`)).ok)
  return { http, kafka, place, stop }
}
