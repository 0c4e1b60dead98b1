import { waitFor } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { type BusRecord, openBus, type TailFrom } from '../src/index.ts'
import { busBench, stopper, testBus, textOf } from './bus-bench.ts'

test('topics are created when they are missing and left alone when they are there', async () => {
  const bus = await busBench()
  await bus.ensureTopics([{ name: 'a', partitions: 3, configs: { 'retention.ms': '-1' } }, { name: 'b' }])
  await bus.ensureTopics([{ name: 'a', partitions: 7 }])
  expect(await bus.admin.listTopics()).toEqual(['a', 'b'])
  const described = await bus.admin.describeTopic('a')
  expect(described.partitions).toEqual(
    [0, 1, 2].map((partition) => ({ partition, earliest: 0n, latest: 0n })),
  )
  expect(described.configs['retention.ms']).toBe('-1')
})

test('a record keeps its key, value, headers and time', async () => {
  const bus = await busBench()
  await bus.ensureTopics([{ name: 't' }])
  const headers = [
    { key: 'h', value: Buffer.from('1') },
    { key: 'i', value: Buffer.from('2') },
  ]
  const producer = bus.producer()
  expect(
    await producer.send({ topic: 't', key: 'k', value: Buffer.from([0, 255]), headers, timestampMs: 1_234 }),
  ).toEqual({ partition: 0, offset: 0n })
  expect(await producer.send({ topic: 't', value: null })).toEqual({ partition: 0, offset: 1n })
  const records = await readTail(bus, 't', 2)
  expect(records[0]).toMatchObject({ topic: 't', partition: 0, offset: 0n, timestampMs: 1_234 })
  expect(
    records.map(({ key, value }) => [
      key && Buffer.from(key).toString(),
      value && Buffer.from(value).toString('hex'),
    ]),
  ).toEqual([
    ['k', '00ff'],
    [null, null],
  ])
  expect(records[0]?.headers.map(({ key, value }) => [key, Buffer.from(value).toString()])).toEqual([
    ['h', '1'],
    ['i', '2'],
  ])
})

async function readTail(bus: ReturnType<typeof testBus>, topic: string, count: number): Promise<BusRecord[]> {
  const stop = stopper()
  const records: BusRecord[] = []
  await bus.tail({
    topic,
    from: 'earliest',
    signal: stop.signal,
    onRecords: (some) => {
      records.push(...some)
      if (records.length >= count) stop.abort()
    },
  })
  return records
}

test('records of one producer keep their order, and deliveries come with their own offsets', async () => {
  const bus = await busBench()
  await bus.ensureTopics([{ name: 't', partitions: 1 }])
  const producer = bus.producer()
  const deliveries = await Promise.all(
    Array.from({ length: 500 }, (_, i) => producer.send({ topic: 't', value: String(i) })),
  )
  expect(deliveries.map((delivery) => Number(delivery.offset))).toEqual(
    Array.from({ length: 500 }, (_, i) => i),
  )
  expect((await readTail(bus, 't', 500)).map(textOf)).toEqual(
    Array.from({ length: 500 }, (_, i) => String(i)),
  )
})

test('a key always goes to the same partition, the one that other clients choose for it', async () => {
  const bus = await busBench()
  await bus.ensureTopics([{ name: 't', partitions: 5 }])
  const producer = bus.producer()
  const partitions = await Promise.all(
    ['alpha', 'alpha', 'beta', 'gamma'].map((key) => producer.send({ topic: 't', key, value: 'x' })),
  )
  // Murmur2 of Java's default partitioner: alpha 0, beta 3, gamma 2 of 5.
  expect(partitions[0]?.partition).toBe(partitions[1]?.partition)
  const spread = await producer.sendBatch(Array.from({ length: 10 }, () => ({ topic: 't', value: 'x' })))
  expect(new Set(spread.map(({ partition }) => partition)).size).toBe(5)
})

test('sending to a topic that does not exist is an error of the caller', async () => {
  const bus = await busBench()
  await expect(bus.producer().send({ topic: 'absent', value: 'x' })).rejects.toMatchObject({
    name: 'BusError',
    code: 'BUS_TOPIC_UNKNOWN',
  })
})

test('a record that is too large is refused and its neighbours go through', async () => {
  const bus = await busBench()
  await bus.ensureTopics([{ name: 't', configs: { 'max.message.bytes': '10000' } }])
  const producer = bus.producer()
  const results = await Promise.allSettled(
    ['a', 'x'.repeat(20_000), 'b'].map((value) => producer.send({ topic: 't', value })),
  )
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(results[1]).toMatchObject({ reason: { code: 'BUS_RECORD_TOO_LARGE', canRetry: false } })
  expect(await bus.admin.offsets('t')).toEqual([{ partition: 0, earliest: 0n, latest: 2n }])
})

test('without a broker a send is rejected after the delivery time and can be tried again', async () => {
  const bus = testBus(1)
  const sending = bus.producer({ deliveryTimeoutMs: 100 }).send({ topic: 't', value: 'x' })
  await expect(sending).rejects.toMatchObject({ code: 'BUS_DELIVERY_TIMEOUT', canRetry: true })
})

test('a group consumes each record once, and goes on after its commit', async () => {
  const bus = await busBench()
  await bus.ensureTopics([{ name: 't', partitions: 2 }])
  const producer = bus.producer()
  await producer.sendBatch(
    Array.from({ length: 20 }, (_, i) => ({ topic: 't', value: String(i), partition: i % 2 })),
  )
  const seen: string[] = []
  const consume = async (until: number): Promise<void> => {
    const stop = stopper()
    const onBatch = (batch: { records: readonly Parameters<typeof textOf>[0][] }): Promise<void> => {
      seen.push(...batch.records.map(textOf))
      if (seen.length >= until) stop.abort()
      return Promise.resolve()
    }
    await bus.consume({ groupId: 'g', topics: ['t'], from: 'earliest', signal: stop.signal, onBatch })
  }
  await consume(20)
  await producer.send({ topic: 't', value: 'new', partition: 0 })
  await consume(21)
  expect(seen).toHaveLength(21)
  expect(new Set(seen).size).toBe(21)
  expect((await bus.admin.groupLag('g')).map(({ lag }) => lag)).toEqual([0n, 0n])
})

test('nothing is committed when the handler fails, and the caller gets its error', async () => {
  const bus = await busBench()
  await bus.ensureTopics([{ name: 't' }])
  await bus.producer().send({ topic: 't', value: 'x' })
  const failure = new Error('the disk is full')
  const options = { groupId: 'g', topics: ['t'], from: 'earliest' as const, signal: stopper().signal }
  await expect(bus.consume({ ...options, onBatch: () => Promise.reject(failure) })).rejects.toBe(failure)
  expect(await bus.admin.groupLag('g')).toEqual([])
  expect((await bus.admin.describeGroup('g')).state).toBe('Empty')
})

test('a reader that stops in the middle of a batch has only what it handled committed', async () => {
  const bus = await busBench()
  await bus.ensureTopics([{ name: 't' }])
  await bus.producer().sendBatch(['0', '1', '2', '3'].map((value) => ({ topic: 't', value })))
  const first = async (count: number): Promise<string[]> => {
    const stop = stopper()
    const values: string[] = []
    await bus.consume({
      groupId: 'g',
      topics: ['t'],
      from: 'earliest',
      signal: stop.signal,
      onBatch: ({ records }) => {
        values.push(...records.slice(0, count).map(textOf))
        stop.abort()
        return Promise.resolve(count)
      },
    })
    return values
  }
  expect(await first(1)).toEqual(['0'])
  expect(await first(2)).toEqual(['1', '2'])
})

test.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)(
  'records compressed with %s are smaller on the way and the same at the end',
  async (compression) => {
    const bus = await busBench({}, { max_message_bytes: 1_024 })
    await bus.ensureTopics([{ name: 't' }])
    const value = 'x'.repeat(5_000)
    await expect(bus.producer().send({ topic: 't', value })).rejects.toMatchObject({
      code: 'BUS_RECORD_TOO_LARGE',
    })
    await bus.producer({ compression }).send({ topic: 't', value })
    expect((await readTail(bus, 't', 1)).map(textOf)).toEqual([value])
  },
)

test('the time of a record is known to be the writer or the broker', async () => {
  const bus = await busBench()
  await bus.ensureTopics([
    { name: 't' },
    { name: 'u', configs: { 'message.timestamp.type': 'LogAppendTime' } },
  ])
  await bus.producer().sendBatch(['t', 'u'].map((topic) => ({ topic, value: '', timestampMs: 5 })))
  expect((await readTail(bus, 't', 1))[0]).not.toHaveProperty('isAppendTime')
  const [appended] = await readTail(bus, 'u', 1)
  expect(appended?.isAppendTime).toBe(true)
  expect(appended?.timestampMs).toBeGreaterThan(5)
})

test('two members share the partitions of a topic', async () => {
  const bus = await busBench()
  await bus.ensureTopics([{ name: 't', partitions: 4 }])
  const stop = stopper()
  const onBatch = (): Promise<void> => Promise.resolve()
  const member = { groupId: 'g', topics: ['t'], from: 'earliest' as const, signal: stop.signal, onBatch }
  const running = [bus.consume(member), bus.consume(member)]
  const counts = async (): Promise<boolean> => {
    const { state, members } = await bus.admin.describeGroup('g')
    const partitions = members.map(({ assignments }) => assignments.flatMap((one) => one.partitions).length)
    return state === 'Stable' && partitions.length === 2 && partitions.every((count) => count === 2)
  }
  await waitFor(counts, { timeoutMs: 15_000, intervalMs: 50, what: 'two members with two partitions each' })
  stop.abort()
  await Promise.all(running)
  expect((await bus.admin.describeGroup('g')).state).toBe('Empty')
})

test('a tail waits for a topic that does not exist yet and then reads it from its beginning', async () => {
  const bus = await busBench()
  const stop = stopper()
  const states: string[] = []
  const values: string[] = []
  const tail = bus.tail({
    topic: 'later',
    from: 'latest',
    signal: stop.signal,
    onState: (state) => states.push(state),
    onRecords: (records) => void values.push(...records.map(textOf)),
  })
  await waitFor(() => states.length > 0)
  await bus.ensureTopics([{ name: 'later' }])
  await bus.producer().send({ topic: 'later', value: 'first' })
  await waitFor(() => values.length === 1)
  stop.abort()
  await tail
  expect([states, values]).toEqual([['connected'], ['first']])
})

const starts: readonly (readonly [name: string, from: TailFrom, expected: readonly string[]])[] = [
  ['earliest', 'earliest', ['0', '1', '2', '3', '4', '5']],
  ['latest', 'latest', ['5']],
  ['the last two', { last: 2 }, ['3', '4', '5']],
  ['more than there are', { last: 100 }, ['0', '1', '2', '3', '4', '5']],
  ['an offset', { offset: 1n }, ['1', '2', '3', '4', '5']],
  ['a time', { timestampMs: 2_500 }, ['3', '4', '5']],
  ['a time that is yet to come', { timestampMs: 9_999_999 }, ['5']],
]

test.each(starts)('a tail from %s begins there', async (_, from, expected) => {
  const bus = await busBench()
  await bus.ensureTopics([{ name: 't' }])
  const producer = bus.producer()
  for (let i = 0; i < 5; i++) await producer.send({ topic: 't', value: String(i), timestampMs: i * 1_000 })
  const stop = stopper()
  const values: string[] = []
  const states: string[] = []
  const onRecords = (records: readonly BusRecord[]): void => void values.push(...records.map(textOf))
  const tail = bus.tail({
    topic: 't',
    from,
    signal: stop.signal,
    onState: (state) => states.push(state),
    onRecords,
  })
  await waitFor(() => states.includes('connected'))
  await producer.send({ topic: 't', value: '5', timestampMs: 5_000 })
  await waitFor(() => values.at(-1) === '5')
  stop.abort()
  await tail
  expect(values).toEqual(expected)
})

test('a tail reads a topic that was deleted and made anew from its beginning', async () => {
  const bus = await busBench()
  await bus.ensureTopics([{ name: 't' }])
  const producer = bus.producer()
  await producer.send({ topic: 't', value: 'old' })
  const stop = stopper()
  const values: string[] = []
  const tail = bus.tail({
    topic: 't',
    from: 'earliest',
    signal: stop.signal,
    onRecords: (records) => void values.push(...records.map(textOf)),
  })
  await waitFor(() => values.length === 1)
  await bus.admin.deleteTopics(['t'])
  await bus.ensureTopics([{ name: 't' }])
  await bus.producer().send({ topic: 't', value: 'new' })
  await waitFor(() => values.length === 2)
  stop.abort()
  await tail
  expect(values).toEqual(['old', 'new'])
})

test('administration tells what is wrong by code', async () => {
  const bus = await busBench()
  await bus.admin.createTopic({ name: 't' })
  await expect(bus.admin.createTopic({ name: 't' })).rejects.toMatchObject({ code: 'BUS_TOPIC_EXISTS' })
  await expect(bus.admin.createTopic({ name: 'not a name' })).rejects.toMatchObject({
    code: 'BUS_TOPIC_INVALID',
  })
  await expect(bus.admin.describeTopic('absent')).rejects.toMatchObject({ code: 'BUS_TOPIC_UNKNOWN' })
  await expect(bus.admin.deleteTopics(['absent'])).rejects.toMatchObject({ code: 'BUS_TOPIC_UNKNOWN' })
  await expect(bus.admin.deleteGroup('absent')).rejects.toMatchObject({ code: 'BUS_GROUP_UNKNOWN' })
  await bus.admin.deleteTopics(['t'])
  expect(await bus.admin.listTopics()).toEqual([])
})

test('a closed bus takes nothing more, and closing twice is fine', async () => {
  const bus = await busBench()
  const producer = bus.producer()
  const tail = bus.tail({
    topic: 't',
    from: 'earliest',
    signal: new AbortController().signal,
    onRecords: () => undefined,
  })
  await bus.close()
  await bus.close()
  await tail
  await expect(producer.send({ topic: 't', value: 'x' })).rejects.toMatchObject({ code: 'BUS_CLOSED' })
  expect(() => bus.producer()).toThrow(/BUS_CLOSED/)
})

test('options that cannot be are refused at once', () => {
  expect(() => openBus({ bootstrapServers: [], clientId: 'x' })).toThrow(/BUS_REFUSED/)
  expect(() => openBus({ bootstrapServers: ['a:1'], clientId: 'x', security: 'sasl_ssl' })).toThrow(
    /BUS_REFUSED/,
  )
})
