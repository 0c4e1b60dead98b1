import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import {
  createHealth,
  createMetrics,
  openMetricsListener,
  type MetricsListener,
  type ServicePhase,
} from '../src/index.ts'

const opened: { close(): Promise<unknown> | void }[] = []
let phase: ServicePhase = 'ready'

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
  phase = 'ready'
})

async function open(
  address = '127.0.0.1:0',
  others: () => Promise<readonly string[]> = () => Promise.resolve([]),
): Promise<MetricsListener | null> {
  const metrics = createMetrics({ role: 'bus' })
  metrics.counter('beamtime_things_total', 'Things.', ['kind']).inc({ kind: 'a' }, 2)
  const listener = await openMetricsListener({
    address,
    role: 'bus',
    build: { version: '1.2.3', commit: 'abc' },
    health: createHealth(() => 0),
    metrics,
    others,
    phase: () => phase,
    status: () => {
      throw new Error('not asked for over the network')
    },
  })
  if (listener !== null) opened.push(listener)
  return listener
}

async function openUrl(...args: Parameters<typeof open>): Promise<string> {
  const listener = await open(...args)
  if (listener === null) throw new Error('nobody else has a free port')
  return listener.url
}

const addressOf = (url: string): string => url.replace('http://', '')

test('the metrics of this service and of the others are one text, each family once', async () => {
  const other =
    '# HELP beamtime_things_total Things.\n# TYPE beamtime_things_total counter\nbeamtime_things_total{role="store"} 5\n'
  const url = await openUrl('127.0.0.1:0', () => Promise.resolve([other]))
  const answer = await fetch(`${url}/metrics`)
  const text = await answer.text()
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(text.match(/# TYPE beamtime_things_total counter/g)).toHaveLength(1)
  expect(text).toContain('beamtime_things_total{kind="a",role="bus"} 2\n')
  expect(text).toContain('beamtime_things_total{role="store"} 5\n')
})

test('probes are answered without a login; a service that is not ready says so', async () => {
  const url = await openUrl()
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' })
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  phase = 'starting'
  expect((await fetch(`${url}/readyz`)).status).toBe(503)
  expect(await (await fetch(`${url}/version`)).json()).toMatchObject({ version: '1.2.3', role: 'bus' })
})

test('nothing else is told, and nothing is taken', async () => {
  const url = await openUrl()
  expect((await fetch(`${url}/status`)).status).toBe(404)
  expect((await fetch(`${url}/api/queue/get`)).status).toBe(404)
  expect((await fetch(`${url}/metrics`, { method: 'POST', body: 'x' })).status).toBe(405)
  const head = await fetch(`${url}/metrics?a=1`, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
})

test('those who ask while the others are asked share one gathering', async () => {
  let asked = 0
  const url = await openUrl('127.0.0.1:0', async () => {
    asked += 1
    return []
  })
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const request = 'GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n'
  const last = request.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n')
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.write(`${request}${last}`) // one packet: the second is read before the first is answered
  await new Promise((resolve) => socket.once('close', resolve))
  expect(
    Buffer.concat(chunks)
      .toString()
      .match(/HTTP\/1.1 200 OK/g),
  ).toHaveLength(2)
  expect(asked).toBe(1)
  await fetch(`${url}/metrics`)
  expect(asked).toBe(2)
})

test('a service that cannot tell answers 503 and lives on', async () => {
  const url = await openUrl('127.0.0.1:0', () => Promise.reject(new Error('broken')))
  expect((await fetch(`${url}/metrics`)).status).toBe(503)
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
})

test('an address that another service of ours has is left to it', async () => {
  const url = await openUrl()
  expect(await open(addressOf(url))).toBeNull()
})

test('an address that a stranger has is an error that names the key', async () => {
  const stranger: Server = createServer((_request, response) => response.end('{"role":1}'))
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  opened.push({ close: () => new Promise((resolve) => stranger.close(resolve)) })
  const { port } = stranger.address() as AddressInfo
  await expect(open(`127.0.0.1:${port}`)).rejects.toMatchObject({
    code: 'CONFIG_ADDRESS_IN_USE',
    message: expect.stringContaining('metrics.listen') as string,
  })
  await expect(open('192.0.2.1:9464')).rejects.toMatchObject({ code: 'CONFIG_ADDRESS_UNUSABLE' })
})

test('IPv6 addresses are written in brackets', async () => {
  expect(await openUrl('[::1]:0')).toMatch(/^http:\/\/\[::1\]:\d+$/)
})

test('closing ends connections that say nothing', async () => {
  const listener = await open()
  const { port } = new URL(listener?.url ?? '')
  const socket = connect(Number(port), '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  const ended = new Promise((resolve) => socket.once('close', resolve))
  await listener?.close()
  await ended
  expect(socket.closed).toBe(true)
})
