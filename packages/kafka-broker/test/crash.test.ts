import { existsSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { freePort } from '@beamtime/service-kit/testing'
import kafkajs from 'kafkajs'
import { expect, onTestFinished, test } from 'vitest'
import { RawClient, startTestBroker } from './broker-bench.ts'
import { createCrashTopic, exited, NumberWriter, readNumbers, startBroker } from './crash-bench.ts'
import { scratchFolder } from './log-bench.ts'

/* The rest of the crash rules: a log cut at every byte and flipped bits in log/recovery.test.ts, clocks that jump in
 * log/partition-log.test.ts, kill -9 under librdkafka in conformance/kill-nine.ts. */

const partitions = 4

test('over kill -9 in the middle of appends every acknowledged record is there once and in order, and so are the committed offsets', async () => {
  const directory = join(scratchFolder(), 'broker')
  const port = await freePort()
  let child = await startBroker(directory, port)
  await createCrashTopic(port, partitions)
  const writers = Array.from({ length: partitions }, (_, index) => new NumberWriter(port, index))
  let isDone = false
  const writing = Promise.all(
    writers.map(async (writer) => {
      while (!isDone) await writer.step()
    }),
  )
  for (let kill = 0; kill < 8; kill++) {
    await new Promise((resolve) => setTimeout(resolve, 60 + kill * 17))
    child.kill('SIGKILL')
    await exited(child)
    child = await startBroker(directory, port)
  }
  const atLeast = writers.map(({ next }) => next + 50)
  await expect
    .poll(() => writers.every(({ next }, i) => next >= (atLeast[i] ?? 0)), { timeout: 60_000 })
    .toBe(true)
  isDone = true
  await writing
  const client = await RawClient.connect(port)
  const offsets = (await client.call('OffsetFetch', 5, {
    groupId: 'crash-group',
    topics: null,
  })) as unknown as { topics: { partitions: { partitionIndex: number; committedOffset: number }[] }[] }
  for (const [index, { next }] of writers.entries()) {
    expect(await readNumbers(port, index)).toEqual(Array.from({ length: next }, (_, i) => i))
    const found = offsets.topics[0]?.partitions.find(({ partitionIndex }) => partitionIndex === index)
    expect(found?.committedOffset).toBeGreaterThanOrEqual(next - 10)
    expect(found?.committedOffset).toBeLessThanOrEqual(next)
  }
}, 120_000)

const mayMount = spawnSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

test.skipIf(!mayMount)(
  'on a full disk appends get error 56, what is there stays sound, and it goes on when there is space again (needs unshare -Urm)',
  async () => {
    const folder = scratchFolder()
    const small = join(folder, 'small')
    const enough = join(folder, 'enough')
    // A file system of 24 MB of its own, two thirds full until the file `enough` appears.
    const script = `
      mkdir ${small} && mount -t tmpfs -o size=24m tmpfs ${small} && head -c 16M /dev/zero > ${small}/filler || exit 9
      (while [ ! -e ${enough} ]; do sleep 0.1; done; rm ${small}/filler) > /dev/null 2>&1 &
      exec "$@"`
    const inside = ['unshare', '-Urm', 'sh', '-c', script, 'sh']
    const port = await freePort()
    const directory = join(small, 'broker')
    const child = await startBroker(directory, port, inside)
    onTestFinished(() => {
      if (!existsSync(enough)) writeFileSync(enough, '')
    })
    await createCrashTopic(port, 1)
    const writer = new NumberWriter(port, 0, 20_000)
    let isFull = false
    while (!isFull) isFull = !(await writer.step())
    const sound = writer.next
    expect(sound).toBeGreaterThan(100)
    expect(await readNumbers(port)).toEqual(Array.from({ length: sound }, (_, i) => i))
    expect(await writer.step()).toBe(false)
    writeFileSync(enough, '')
    await expect.poll(() => writer.step(), { timeout: 60_000, interval: 200 }).toBe(true)
    for (let i = 0; i < 10; i++) expect(await writer.step()).toBe(true)
    expect(await readNumbers(port)).toEqual(Array.from({ length: writer.next }, (_, i) => i))
    child.kill('SIGTERM')
    expect(await exited(child)).toBe(0)
  },
  120_000,
)

test('a topic is deleted and made again while producers and consumers are at work on it', async () => {
  const { server, log } = await startTestBroker({ auto_create_topics: false })
  const kafka = new kafkajs.Kafka({
    brokers: [server],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 20, maxRetryTime: 50, retries: 20 },
  })
  const admin = kafka.admin()
  await admin.connect()
  onTestFinished(() => admin.disconnect())
  const create = (): Promise<boolean> =>
    admin.createTopics({ topics: [{ topic: 'crash', numPartitions: 2 }] })
  await create()
  const producer = kafka.producer({
    idempotent: true,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  onTestFinished(() => producer.disconnect())
  const consumer = kafka.consumer({ groupId: 'g', sessionTimeout: 6_000 })
  await consumer.connect()
  onTestFinished(() => consumer.disconnect())
  await consumer.subscribe({ topic: 'crash', fromBeginning: true })
  const seen = new Set<string>()
  await consumer.run({ eachMessage: ({ message }) => Promise.resolve(void seen.add(String(message.value))) })
  let isDone = false
  let sent = 0
  const producing = (async () => {
    // While the topic is away for a moment a send may fail; that is told, and the next one is tried.
    for (; !isDone; sent++)
      await producer.send({ topic: 'crash', messages: [{ value: String(sent) }] }).catch(() => undefined)
  })()
  for (let round = 0; round < 15; round++) {
    const before = sent
    await expect.poll(() => sent, { timeout: 30_000 }).toBeGreaterThan(before + 3)
    await admin.deleteTopics({ topics: ['crash'] })
    // At once and with a new id: there is no time in which the name is taken by what is gone.
    expect(await create()).toBe(true)
  }
  isDone = true
  await producing
  await producer.send({ topic: 'crash', messages: [{ value: 'last' }] })
  await expect.poll(() => seen.has('last'), { timeout: 30_000 }).toBe(true)
  expect(log.filter((line) => line.startsWith('error'))).toEqual([])
}, 120_000)

test('topics, their settings and ids survive a kill right after the answer', async () => {
  const directory = join(scratchFolder(), 'broker')
  const port = await freePort()
  let child = await startBroker(directory, port)
  const metadata = {
    topics: null,
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: false,
    includeClusterAuthorizedOperations: false,
  }
  const before = await RawClient.connect(port)
  await before.call('CreateTopics', 7, {
    topics: [
      {
        name: 'kept',
        numPartitions: 3,
        replicationFactor: 1,
        assignments: [],
        configs: [{ name: 'retention.ms', value: '123456' }],
      },
    ],
    timeoutMs: 1,
    validateOnly: false,
  })
  const told = (await before.call('Metadata', 12, metadata)) as { topics: unknown }
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  child = await startBroker(directory, port)
  const after = await RawClient.connect(port)
  const again = (await after.call('Metadata', 12, metadata)) as {
    topics: { name: string; topicId: string; partitions: unknown[] }[]
  }
  expect(again.topics.map(({ name, topicId, partitions }) => [name, topicId, partitions.length])).toEqual(
    (told.topics as { name: string; topicId: string }[]).map(({ name, topicId }) => [name, topicId, 3]),
  )
  const described = await after.call('DescribeConfigs', 4, {
    resources: [{ resourceType: 2, resourceName: 'kept', configurationKeys: ['retention.ms'] }],
    includeSynonyms: false,
    includeDocumentation: false,
  })
  expect(described).toMatchObject({
    results: [{ configs: [{ name: 'retention.ms', value: '123456', configSource: 1 }] }],
  })
})
