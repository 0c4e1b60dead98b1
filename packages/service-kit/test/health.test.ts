import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createHealth,
  createMetrics,
  openHealthServer,
  queryHealth,
  type HealthServer,
  type ServicePhase,
} from '../src/index.ts'
import { tempDir, type TempDir } from '../src/testing.ts'

let folder: TempDir
let phase: ServicePhase
let servers: HealthServer[]

beforeEach(() => {
  folder = tempDir()
  phase = 'ready'
  servers = []
})

afterEach(async () => {
  for (const server of servers) await server.close()
  await folder.close()
})

async function open(): Promise<string> {
  const socketPath = join(folder.path, 'bus.sock')
  const health = createHealth(() => 0)
  health.set('disk', { ok: true })
  health.set('bus', { ok: false, detail: 'away' })
  const metrics = createMetrics({ role: 'bus' })
  metrics.counter('beamtime_things_total', 'Things.', ['kind']).inc({ kind: 'a' }, 2)
  servers.push(
    await openHealthServer({
      socketPath,
      role: 'bus',
      build: { version: '1.2.3', commit: 'abc' },
      health,
      metrics,
      phase: () => phase,
      status: () => ({
        role: 'bus',
        pid: 1,
        phase,
        text: 'fine',
        endpoints: [],
        uptimeS: 1,
        rssBytes: 2,
        heapBytes: 3,
        cpuS: 0.5,
        eventLoopLagMs: 1,
        version: '1.2.3',
        checks: health.checks(),
      }),
    }),
  )
  return socketPath
}

test('readiness reports soft dependencies without failing for them', async () => {
  const answer = await queryHealth(await open(), '/readyz')
  expect(answer.code).toBe(200)
  expect(answer.json).toEqual({
    status: 'ready',
    checks: {
      disk: { ok: true, since: '1970-01-01T00:00:00.000Z' },
      bus: { ok: false, since: '1970-01-01T00:00:00.000Z', detail: 'away' },
    },
  })
})

test('a service that stops is alive but not ready', async () => {
  const socket = await open()
  phase = 'stopping'
  expect((await queryHealth(socket, '/readyz')).code).toBe(503)
  expect(await queryHealth(socket, '/healthz')).toMatchObject({ code: 200, json: { status: 'ok' } })
})

test('metrics come as Prometheus text with help and type', async () => {
  const { text } = await queryHealth(await open(), '/metrics')
  expect(text).toContain('# HELP beamtime_things_total Things.')
  expect(text).toContain('# TYPE beamtime_things_total counter')
  expect(text).toContain('beamtime_things_total{kind="a",role="bus"} 2')
})

test('version and status are told', async () => {
  const socket = await open()
  expect((await queryHealth(socket, '/version')).json).toMatchObject({
    version: '1.2.3',
    commit: 'abc',
    role: 'bus',
  })
  expect((await queryHealth(socket, '/status')).json).toMatchObject({ text: 'fine', phase: 'ready' })
})

test('a second service of the role is refused while the first lives', async () => {
  await open()
  await expect(open()).rejects.toMatchObject({ code: 'CONFIG_ALREADY_RUNNING' })
})

test('a socket that nobody serves says so', async () => {
  await expect(queryHealth(join(folder.path, 'none.sock'), '/status')).rejects.toMatchObject({
    code: 'SERVICE_SOCKET_UNREACHABLE',
  })
})

test('a peer that answers nonsense or nothing does not hold the caller', async () => {
  const path = join(folder.path, 'x.sock')
  const server = createServer((socket) => void socket.end('nonsense'))
  await new Promise<void>((resolve) => server.listen(path, resolve))
  await expect(queryHealth(path, '/status')).rejects.toMatchObject({ code: 'SERVICE_SOCKET_UNREACHABLE' })
  server.close()
  const silent = createServer(() => undefined)
  const silentPath = join(folder.path, 'y.sock')
  await new Promise<void>((resolve) => silent.listen(silentPath, resolve))
  await expect(queryHealth(silentPath, '/status', { timeoutMs: 50 })).rejects.toMatchObject({
    code: 'SERVICE_SOCKET_UNREACHABLE',
  })
  silent.close()
})

test('since tells when a check changed last', () => {
  let nowMs = 0
  const health = createHealth(() => nowMs)
  health.set('bus', { ok: true })
  nowMs = 1_000
  health.set('bus', { ok: true, detail: 'again' })
  expect(health.checks()['bus']?.since).toBe('1970-01-01T00:00:00.000Z')
  health.set('bus', { ok: false })
  expect(health.checks()['bus']?.since).toBe('1970-01-01T00:00:01.000Z')
  health.remove('bus')
  expect(health.checks()).toEqual({})
})
