import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir, waitFor, type TempDir } from '@beamtime/service-kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSupervisor, type Supervisor } from '../../src/supervisor/supervisor.ts'
import type { ServiceSpec, ServiceView } from '../../src/supervisor/service-process.ts'

const program = join(import.meta.dirname, '../programs/fake-service.mjs')
const quick = { firstDelayMs: 10, minDelayMs: 10, maxDelayMs: 100, resetAfterMs: 60_000 }
let folder: TempDir
let changes: ServiceView[]
let supervisor: Supervisor | null

beforeEach(() => {
  folder = tempDir()
  changes = []
  supervisor = null
})

afterEach(async () => {
  await supervisor?.stop()
  await folder.close()
})

function journal(): readonly string[] {
  try {
    return readFileSync(join(folder.path, 'journal'), 'utf8').trim().split('\n')
  } catch {
    return []
  }
}

function fake(role: string, what = 'run'): ServiceSpec {
  return {
    role,
    command: [process.execPath, program, join(folder.path, 'journal'), role, what],
    environment: {},
    policy: quick,
  }
}

function supervise(services: readonly ServiceSpec[], shutdownMs = 3_000): Supervisor {
  supervisor = createSupervisor({
    services,
    logDir: join(folder.path, 'logs'),
    shutdownMs,
    onChange: (view) => void changes.push(view),
  })
  supervisor.start()
  return supervisor
}

function state(role: string): string {
  return supervisor?.views().find((view) => view.role === role)?.state ?? 'none'
}

function up(...roles: readonly string[]): Promise<unknown> {
  return waitFor(() => roles.every((role) => state(role) === 'up'), {
    what: `${roles.join(', ')} up`,
    timeoutMs: 10_000,
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('services come up with their endpoints and stop in the reverse order of their start', async () => {
  const running = supervise([fake('bus'), fake('store'), fake('http')])
  await up('bus', 'store', 'http')
  expect(running.views()[0]).toMatchObject({ role: 'bus', restarts: 0, endpoints: [{ name: 'bus' }] })
  await running.stop()
  const drained = journal()
    .filter((line) => line.includes(' drain '))
    .map((line) => line.split(' ')[0])
  expect(drained).toEqual(['http', 'store', 'bus'])
  expect(running.views().map((view) => view.state)).toEqual(['stopped', 'stopped', 'stopped'])
})

test('a service that was killed is started again and counted', async () => {
  const running = supervise([fake('bus')])
  await up('bus')
  const { pid } = running.views()[0] ?? {}
  process.kill(pid ?? 0, 'SIGKILL')
  await waitFor(() => running.views()[0]?.restarts === 1 && state('bus') === 'up')
  expect(changes.find((view) => view.state === 'restarting')?.detail).toBe(
    'ended by SIGKILL, restart in 0.01 s',
  )
  expect(running.views()[0]?.pid).not.toBe(pid)
})

test('a service that keeps dying is restarted with growing pauses', async () => {
  supervise([fake('bus', 'crashing')])
  await waitFor(() => (supervisor?.views()[0]?.restarts ?? 0) >= 4, { timeoutMs: 15_000 })
  const delays = changes.filter((view) => view.state === 'restarting').map((view) => view.detail)
  expect(delays.slice(0, 4)).toEqual([
    'ended with code 3, restart in 0.01 s',
    'ended with code 3, restart in 0.02 s',
    'ended with code 3, restart in 0.04 s',
    'ended with code 3, restart in 0.08 s',
  ])
})

test('a service with a wrong configuration is not restarted and says what to change; the others go on', async () => {
  supervise([fake('bus', 'config'), fake('store')])
  await waitFor(() => state('bus') === 'failed')
  await up('store')
  expect(supervisor?.views()[0]?.detail).toBe('bus.listen: taken; change bus.listen')
  expect(journal().filter((line) => line.startsWith('bus start'))).toHaveLength(1)
})

test('a restart on request replaces the process without a pause', async () => {
  const running = supervise([fake('bus')])
  await up('bus')
  const { pid } = running.views()[0] ?? {}
  expect(running.restart('bus')).toBe(true)
  expect(running.restart('nobody')).toBe(false)
  await waitFor(() => state('bus') === 'up' && running.views()[0]?.pid !== pid)
  expect(changes.some((view) => view.state === 'restarting')).toBe(false)
})

test('what services print is in their log files', async () => {
  supervise([fake('bus')])
  await up('bus')
  const written = (): string => readFileSync(join(folder.path, 'logs/bus.log'), 'utf8')
  await waitFor(() => written() !== '')
  expect(written()).toBe('bus speaks\n')
})

test('a service that does not stop is ended when the budget is over', async () => {
  const running = supervise([fake('bus', 'stubborn'), fake('store')], 400)
  await up('bus', 'store')
  const { pid = 0 } = running.views()[0] ?? {}
  await running.stop()
  expect(isAlive(pid ?? 0)).toBe(false)
})

test('processes that a service left in groups of their own are ended with it', async () => {
  const running = supervise([fake('queue', 'grandchild')])
  await up('queue')
  const pid = Number(/child (\d+)/.exec(journal().join('\n'))?.[1])
  expect(isAlive(pid)).toBe(true)
  await running.stop()
  await waitFor(() => !isAlive(pid))
})

test('services end by themselves when their supervisor is killed', async () => {
  const script = `
    import { createSupervisor } from '${join(import.meta.dirname, '../../src/supervisor/supervisor.ts')}'
    createSupervisor({ services: [${JSON.stringify(fake('bus'))}], logDir: '${folder.path}', shutdownMs: 1000, onChange: () => {} }).start()
  `
  const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: 'inherit',
  })
  await waitFor(() => journal().length > 1 || journal()[0] !== undefined, { timeoutMs: 15_000 })
  const pid = Number(/bus start (\d+)/.exec(journal().join('\n'))?.[1])
  expect(isAlive(pid)).toBe(true)
  parent.kill('SIGKILL')
  await waitFor(() => !isAlive(pid))
})
