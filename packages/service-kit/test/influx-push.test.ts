import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { influxTarget, startInfluxPush, type InfluxPush } from '../src/influx-push.ts'
import { silentLogger, type Logger } from '../src/logger.ts'
import { createMetrics, type Metrics } from '../src/metrics.ts'
import { parsedLine } from './parsed-line.ts'

interface Database {
  readonly url: string
  readonly requests: { readonly path: string; readonly login: string | undefined; readonly body: string }[]
  /** What it answers next; nothing: it keeps silent. */
  status: number | null
  close(): Promise<void>
}

async function database(port = 0): Promise<Database> {
  const server: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      found.requests.push({ path: request.url ?? '', login: request.headers.authorization, body })
      if (found.status !== null)
        response.writeHead(found.status).end(found.status === 204 ? '' : '{"error":"x"}')
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const found: Database = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    status: 204,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  onTestFinished(() => found.close())
  return found
}

interface Bench {
  readonly push: InfluxPush
  readonly metrics: Metrics
  readonly logged: string[]
}

function pushing(url: string, options: Partial<Parameters<typeof startInfluxPush>[0]> = {}): Bench {
  const metrics = createMetrics({ role: 'test' })
  const logged: string[] = []
  const note = (event: string): void => void logged.push(event)
  const log: Logger = { ...silentLogger, info: note, warn: note, error: note }
  const push = startInfluxPush({ url, metrics, log, periodMs: 3_600_000, ...options })
  onTestFinished(() => push.close())
  return { push, metrics, logged }
}

function linesOf({ requests }: Database): ReturnType<typeof parsedLine>[] {
  return requests.flatMap(({ body }) => body.trimEnd().split('\n').map(parsedLine))
}

test('metrics of this process and of those that belong to it arrive as lines that read', async () => {
  const db = await database()
  const { push, metrics } = pushing(db.url, {
    others: () => Promise.resolve(['worker_up{role="worker"} 1\n']),
  })
  metrics.gauge('beamtime_up', 'Up.').set({}, 1)
  const beforeMs = Date.now()
  await push.push()
  expect(db.requests).toMatchObject([{ path: '/write?db=beamtime&precision=ms', login: undefined }])
  const lines = linesOf(db)
  expect(lines).toContainEqual(
    expect.objectContaining({ measurement: 'beamtime_up', tags: { role: 'test' }, value: 1 }),
  )
  expect(lines).toContainEqual(
    expect.objectContaining({ measurement: 'worker_up', tags: { role: 'worker' } }),
  )
  for (const { time } of lines) {
    expect(time).toBeGreaterThanOrEqual(beforeMs)
    expect(time).toBeLessThanOrEqual(Date.now())
  }
})

test('each period is pushed by itself, and a last time at the end', async () => {
  const db = await database()
  const { push } = pushing(db.url, { periodMs: 1 })
  while (db.requests.length < 3) await push.push()
  await push.close()
  const count = db.requests.length
  await push.close()
  expect(db.requests.length).toBe(count)
})

test('what could not be sent while the database was away is sent when it is back, oldest first, each once', async () => {
  const db = await database()
  const port = Number(new URL(db.url).port)
  const { push, metrics, logged } = pushing(db.url)
  const round = metrics.gauge('round', 'Which.')
  await db.close()
  for (const number of [1, 2, 3]) {
    round.set({}, number)
    await push.push()
  }
  const again = await database(port)
  round.set({}, 4)
  await push.push()
  const rounds = linesOf(again).filter(({ measurement }) => measurement === 'round')
  expect(rounds.map(({ value }) => value)).toEqual([1, 2, 3, 4])
  expect(rounds.map(({ time }) => time)).toEqual(rounds.map(({ time }) => time).toSorted((a, b) => a - b))
  expect(logged).toEqual(['metrics.push-failed', 'metrics.push-resumed'])
})

test('while it is away no more waits than allowed, the oldest goes, and what is lost is counted', async () => {
  const db = await database()
  db.status = 503
  const { push, metrics } = pushing(db.url, { maxWaitingBytes: 250 })
  const round = metrics.gauge('round', 'Which.')
  for (const number of [1, 2, 3, 4, 5, 6]) {
    round.set({}, number)
    await push.push()
  }
  db.status = 204
  db.requests.length = 0
  await push.push()
  const rounds = linesOf(db).filter(({ measurement }) => measurement === 'round')
  expect(rounds.map(({ value }) => value)).toEqual([6, 6])
  expect(await metrics.text()).toMatch(/beamtime_influx_lost_lines_total\{role="test"\} 10\n/)
})

test('lines that the database refuses are not sent again; those after them are', async () => {
  const db = await database()
  db.status = 400
  const { push, logged } = pushing(db.url)
  await push.push()
  db.status = 204
  await push.push()
  expect(db.requests).toHaveLength(2)
  expect(logged).toEqual(['metrics.push-refused'])
})

test('a database that keeps silent does not hold up the end', async () => {
  const db = await database()
  db.status = null
  const { push } = pushing(db.url)
  void push.push()
  while (db.requests.length < 1) await new Promise((resolve) => setImmediate(resolve))
  const closing = push.close()
  while (db.requests.length < 2) await new Promise((resolve) => setImmediate(resolve))
  await db.close()
  await closing
  expect(db.requests).toHaveLength(2)
})

test.each([
  ['http://h:8086', 'http://h:8086/write?db=beamtime&precision=ms', undefined],
  ['http://h:8086/write?db=sim&rp=week', 'http://h:8086/write?db=sim&rp=week&precision=ms', undefined],
  ['https://u:p%40@h/write?db=sim', 'https://h/write?db=sim&precision=ms', 'Basic dTpwQA=='],
  [
    'http://:tok==@h:8086/api/v2/write?org=o&bucket=b&precision=ns',
    'http://h:8086/api/v2/write?org=o&bucket=b&precision=ms',
    'Token tok==',
  ],
])('%s is written to as %s', (text, url, login) => {
  const target = influxTarget(text)
  expect(target.url).toBe(url)
  expect(target.headers['authorization']).toBe(login)
  expect(target.shown).not.toContain('tok')
})

test('what is no address is a fault of the configuration', () => {
  for (const text of ['h:8086', 'ftp://h', 'http://'])
    expect(() => influxTarget(text)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
})
