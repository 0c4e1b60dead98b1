import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { queryHealth, type SupervisorMessage } from '../src/index.ts'
import { tempDir, waitFor, type TempDir } from '../src/testing.ts'

let folder: TempDir
let started: Started[]

interface Started {
  readonly child: ChildProcess
  readonly messages: SupervisorMessage[]
  readonly ended: Promise<{ code: number | null; signal: string | null }>
  out: string
  err: string
}

beforeEach(() => {
  folder = tempDir()
  started = []
})

afterEach(async () => {
  for (const { child, ended } of started) {
    child.kill('SIGKILL')
    await ended
  }
  await folder.close()
})

function start(what: string, options: { supervised?: boolean } = {}): Started {
  const program = join(import.meta.dirname, 'programs/service.ts')
  const child = spawn(process.execPath, [program, folder.path, what], {
    stdio: ['ignore', 'pipe', 'pipe', options.supervised === false ? 'ignore' : 'ipc'],
    env: { ...process.env, NODE_CHANNEL_FD: undefined, JOURNAL_STREAM: undefined },
  })
  const service: Started = {
    child,
    messages: [],
    out: '',
    err: '',
    ended: new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal }))),
  }
  child.stdout?.on('data', (chunk: Buffer) => (service.out += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (service.err += chunk.toString()))
  child.on('message', (message: SupervisorMessage) => void service.messages.push(message))
  started.push(service)
  return service
}

function ready(service: Started): Promise<unknown> {
  return waitFor(() => service.messages.some((message) => message.kind === 'ready'), {
    what: 'ready',
    timeoutMs: 15_000,
  })
}

test('a service tells its supervisor where it listens, answers on its socket, and drains at SIGTERM', async () => {
  const service = start('run')
  await ready(service)
  expect(service.messages[0]).toEqual({
    kind: 'ready',
    endpoints: [{ name: 'test', url: 'tcp://127.0.0.1:1' }],
  })
  const socket = join(folder.path, 'run/test.sock')
  expect((await queryHealth(socket, '/status')).json).toMatchObject({
    text: 'idle',
    phase: 'ready',
    pid: service.child.pid,
  })
  expect((await queryHealth(socket, '/metrics')).text).toMatch(/beamtime_up\{.*role="test".*\} 1/)
  service.child.kill('SIGTERM')
  expect(await service.ended).toEqual({ code: 0, signal: null })
  await waitFor(() => service.out === 'drained\n', { what: 'drained' })
  expect(existsSync(socket)).toBe(false)
})

test('a service without a supervisor drains at SIGINT', async () => {
  const service = start('run', { supervised: false })
  await waitFor(() => service.err.includes('service.ready'), { timeoutMs: 15_000 })
  service.child.kill('SIGINT')
  expect(await service.ended).toMatchObject({ code: 0 })
  await waitFor(() => service.out === 'drained\n', { what: 'drained' })
})

test('a service drains when its supervisor is gone', async () => {
  const service = start('run')
  await ready(service)
  service.child.disconnect()
  expect(await service.ended).toMatchObject({ code: 0 })
  await waitFor(() => service.out === 'drained\n', { what: 'drained' })
})

test('SIGTERM while a service starts ends it with 0', async () => {
  const service = start('slow-start')
  await waitFor(() => existsSync(join(folder.path, 'run/test.sock')), { timeoutMs: 15_000 })
  service.child.kill('SIGTERM')
  expect(await service.ended).toMatchObject({ code: 0 })
})

test('a service that does not finish draining in its budget ends with 1', async () => {
  const service = start('stuck')
  await ready(service)
  service.child.kill('SIGTERM')
  expect(await service.ended).toMatchObject({ code: 1 })
  await waitFor(() => service.err.includes('service.drain-timeout'))
})

test('a second SIGINT ends a service at once', async () => {
  const service = start('stuck')
  await ready(service)
  service.child.kill('SIGINT')
  await waitFor(() => service.messages.some((message) => message.kind === 'stopping'))
  service.child.kill('SIGINT')
  expect(await service.ended).toMatchObject({ code: 1 })
  expect(service.err).not.toContain('service.drain-timeout')
})

test('an error that nobody catches is logged once, the service drains, and the exit code is 1', async () => {
  const service = start('crash')
  expect(await service.ended).toMatchObject({ code: 1 })
  await waitFor(() => service.err.includes('service.stopped') || service.err.includes('service.crashed'))
  expect(service.err.match(/service\.crashed/g)).toHaveLength(1)
  expect(service.err).toContain('nobody catches this')
})

test.each([
  ['config', 78],
  ['temporary', 75],
  ['broken', 70],
])('a start that fails as %s ends with %i and one message with the remedy', async (what, code) => {
  const service = start(what)
  expect(await service.ended).toMatchObject({ code })
  expect(service.messages).toEqual([expect.objectContaining({ kind: 'failed', exitCode: code })])
  await waitFor(() => service.err.includes('service.start-failed'))
  expect(service.err.match(/service\.start-failed/g)).toHaveLength(1)
})

test('a second service of the role on the same data directory is refused with 78', async () => {
  const first = start('run')
  await ready(first)
  const second = start('run')
  expect(await second.ended).toMatchObject({ code: 78 })
  expect(second.messages[0]).toMatchObject({
    kind: 'failed',
    remedy: expect.stringContaining('beamtime down') as string,
  })
})

test('after kill -9 the next start replaces the socket that was left', async () => {
  const first = start('run')
  await ready(first)
  first.child.kill('SIGKILL')
  await first.ended
  const second = start('run')
  await ready(second)
  expect((await queryHealth(join(folder.path, 'run/test.sock'), '/healthz')).code).toBe(200)
})
