import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { facilityConfig, logConfig, opsConfig, pathsConfig } from '@beamtime/service-kit'
import { keyvalueConfig, queueConfig } from '@beamtime/queue-manager'
import { busConfig } from '@beamtime/bus/config'
import { freePort, tempDir, waitFor, type TempDir } from '@beamtime/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { managerOptions } from '../../src/compat/manager-options.ts'

const root = join(import.meta.dirname, '../../../..')
const page = readFileSync(join(root, 'docs/coming-from/bluesky-queueserver.md'), 'utf8')
const blocks = Array.from(page.matchAll(/```console\n([\s\S]*?)```/g), ([, text = '']) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('$ '))
    .map((line) => line.slice(2)),
)
const [, commands = [], programs = []] = blocks

let dir: TempDir
let manager: ChildProcess
let environment: NodeJS.ProcessEnv

beforeAll(async () => {
  dir = tempDir()
  const control = `127.0.0.1:${await freePort()}`
  environment = {
    ...process.env,
    QSERVER_ZMQ_CONTROL_ADDRESS: `tcp://${control}`,
    HOME: dir.path,
    XDG_STATE_HOME: dir.path,
  }
  manager = spawn(
    process.execPath,
    [
      join(root, 'bin/start-re-manager.mjs'),
      `--zmq-control-addr=tcp://${control}`,
      `--data=${join(dir.path, 'data')}`,
      '--silent',
    ],
    { env: environment, stdio: 'inherit' },
  )
  await waitFor(() => Promise.resolve(run('qserver allowed plans').stdout.includes("'count'") || null), {
    timeoutMs: 20_000,
    what: 'the manager with the lists of its demo',
  })
}, 30_000)

afterAll(async () => {
  if (manager.exitCode === null) {
    manager.kill('SIGTERM')
    await once(manager, 'exit')
  }
  await dir.close()
})

/** A command line as a shell reads it, with our executables. */
function run(line: string): { status: number | null; stdout: string; stderr: string } {
  const script = line.replace(/^([\w-]+)/, (name) => `"$NODE" "$BIN/${name}.mjs"`)
  return spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: { ...environment, NODE: process.execPath, BIN: join(root, 'bin') },
    timeout: 20_000,
  })
}

test('every command line of the page does what the page says', { timeout: 90_000 }, async () => {
  expect(commands.length).toBeGreaterThan(50)
  for (const line of commands) {
    const expected = Number(/# exits with (\d)/.exec(line)?.[1] ?? 0)
    const result = run(line)
    expect(result.status, `${line}\n${result.stdout}${result.stderr}`).toBe(expected)
    // What follows must find the manager at rest.
    if (/environment (open|update|close)|queue start|function execute/.test(line) && expected === 0) {
      await waitFor(() => Promise.resolve(isAtRest() || null), {
        timeoutMs: 15_000,
        what: `rest after ${line}`,
      })
    }
  }
  const [code] = manager.exitCode === null ? ((await once(manager, 'exit')) as [number]) : [manager.exitCode]
  expect(code).toBe(0)
})

function isAtRest(): boolean {
  const { stdout } = run('qserver status')
  return stdout.includes("'manager_state': 'idle'") && stdout.includes("'worker_background_tasks': 0")
}

test('every program of the page runs', { timeout: 60_000 }, () => {
  for (const line of programs) {
    const result = run(line)
    const withoutRedis = line === 'qserver-clear-lock' && result.status === 1
    expect(withoutRedis || result.status === 0, `${line}\n${result.stdout}${result.stderr}`).toBe(true)
  }
})

test('the page names every option, and every key that it names exists', () => {
  for (const { flags } of Object.values(managerOptions)) {
    for (const flag of flags) if (!flag.startsWith('--ipython-')) expect(page).toContain(flag)
  }
  const fields = {
    'queue.X': queueConfig.fields,
    keyvalue: keyvalueConfig.fields,
    bus: busConfig.fields,
    log: logConfig.fields,
    paths: pathsConfig.fields,
    ops: opsConfig.fields,
    facility: facilityConfig.fields,
  }
  for (const [, table = '', key = ''] of page.matchAll(/`(queue\.X|keyvalue|bus|log|paths)\.(\w+)`/g)) {
    expect(Object.keys(fields[table as keyof typeof fields]), `${table}.${key}`).toContain(key)
  }
})
