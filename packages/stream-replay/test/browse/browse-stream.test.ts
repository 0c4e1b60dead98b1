import { openBus, type Bus } from '@beamtime/bus'
import { brokerConfig, openBroker, type Broker } from '@beamtime/kafka-broker'
import { parseSection } from '@beamtime/service-kit'
import { tempDir, type TempDir } from '@beamtime/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  browseStream,
  openReplay,
  type BrowsePage,
  type BrowseRequest,
  type Replay,
} from '../../src/index.ts'

let dir: TempDir
let broker: Broker
let bus: Bus
let replay: Replay

/** Message n is written at 1000 + n ms, to partition n % 3. */
const count = 300

beforeAll(async () => {
  dir = tempDir()
  broker = await openBroker({
    config: parseSection(brokerConfig, { listen: '127.0.0.1:0' }, { key: 'broker' }),
    directory: dir.path,
  })
  const options = {
    bootstrapServers: [`127.0.0.1:${broker.addresses[0]?.port}`],
    clientId: 'browse',
  }
  bus = openBus(options)
  await bus.ensureTopics([{ name: 'numbers', partitions: 3 }])
  const producer = bus.producer()
  for (let n = 0; n < count; n++)
    await producer.send({
      topic: 'numbers',
      partition: n % 3,
      value: JSON.stringify({ n, side: n % 2 === 0 ? 'left' : 'right' }),
      timestampMs: 1_000 + n,
    })
  replay = openReplay({ bus: options })
})

afterAll(async () => {
  await replay.close()
  await bus.close()
  await broker.close()
  await dir.close()
})

async function browse(request: Partial<BrowseRequest> = {}): Promise<BrowsePage> {
  const source = await replay.source('topic:numbers')
  try {
    return await browseStream({
      source,
      direction: 'backward',
      limit: 10,
      budget: { messages: 10_000, bytes: 1e9, ms: 10_000 },
      signal: AbortSignal.timeout(20_000),
      nowMs: () => 0,
      ...request,
    })
  } finally {
    await source.close()
  }
}

function numbers(page: BrowsePage): number[] {
  return page.messages.map(
    ({ value }) => (JSON.parse(Buffer.from(value ?? []).toString()) as { n: number }).n,
  )
}

test('the newest page holds the newest messages of all partitions, newest first', async () => {
  const page = await browse()
  expect(numbers(page)).toEqual([299, 298, 297, 296, 295, 294, 293, 292, 291, 290])
  expect(page.isDone).toBe(false)
})

test('pages backwards by cursor give each message once', async () => {
  const seen: number[] = []
  let cursor: BrowsePage['cursor'] | undefined
  for (;;) {
    const page = await browse({ limit: 47, ...(cursor === undefined ? {} : { cursor }) })
    seen.push(...numbers(page))
    cursor = page.cursor
    if (page.isDone) break
  }
  expect(seen).toEqual(Array.from({ length: count }, (_, index) => count - 1 - index))
})

test('pages forwards by cursor give each message once', async () => {
  const seen: number[] = []
  let cursor: BrowsePage['cursor'] | undefined
  for (;;) {
    const page = await browse({
      direction: 'forward',
      limit: 47,
      ...(cursor === undefined ? {} : { cursor }),
    })
    seen.push(...numbers(page))
    cursor = page.cursor
    if (page.isDone) break
  }
  expect(seen).toEqual(Array.from({ length: count }, (_, index) => index))
})

test('a page from a time begins with the first message of that time', async () => {
  const page = await browse({ direction: 'forward', from: { kind: 'time', timestampMs: 1_150 }, limit: 3 })
  expect(numbers(page)).toEqual([150, 151, 152])
  const before = await browse({ from: { kind: 'time', timestampMs: 1_150 }, limit: 3 })
  expect(numbers(before)).toEqual([149, 148, 147])
})

test('one partition is read from an offset', async () => {
  const from = { kind: 'offset', offset: 50 } as const
  const forward = await browse({ direction: 'forward', partitions: [1], from, limit: 2 })
  expect(forward.messages.map(({ offset }) => offset)).toEqual([50, 51])
  const backward = await browse({ partitions: [1], from, limit: 2 })
  expect(backward.messages.map(({ offset }) => offset)).toEqual([50, 49])
})

test('a filter looks into the messages and the budget ends a long search', async () => {
  const page = await browse({ select: "json.side == 'left' && json.n < 100", limit: 3 })
  expect(numbers(page)).toEqual([98, 96, 94])
  const short = await browse({
    select: 'json.n == 0',
    budget: { messages: 120, bytes: 1e9, ms: 10_000 },
  })
  expect(short).toMatchObject({ messages: [], scanned: 120, isDone: false })
  const rest = await browse({ select: 'json.n == 0', cursor: short.cursor })
  expect(numbers(rest)).toEqual([0])
  expect(rest).toMatchObject({ isDone: true, scanned: 180 })
})

test('an expression that cannot be read is refused with what was expected', async () => {
  await expect(browse({ select: 'json.n >' })).rejects.toMatchObject({ code: 'REPLAY_USAGE' })
})
