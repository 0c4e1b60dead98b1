import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { lz4Compress, lz4Decompress, snappyCompress, snappyDecompress } from '@platformatic/wasm-utils'
import kafkajs, { type Admin, type Consumer, type Kafka } from 'kafkajs'
import { expectEqual } from '../case.ts'
import { type ClientSteps, type CodecName, codecNames, sentValues, type StepPlace, until } from './step.ts'

const { CompressionTypes, CompressionCodecs } = kafkajs
const types: Readonly<Record<CodecName, kafkajs.CompressionTypes>> = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
}

/** A codec as kafkajs' plug-ins are: it brings gzip only. */
function plugIn(compress: (bytes: Buffer) => Uint8Array, decompress: (bytes: Buffer) => Uint8Array) {
  return () => ({
    compress: ({ buffer }: { buffer: Buffer }) => Promise.resolve(Buffer.from(compress(buffer))),
    decompress: (bytes: Buffer) => Promise.resolve(Buffer.from(decompress(bytes))),
  })
}
CompressionCodecs[CompressionTypes.Snappy] = plugIn(snappyCompress, snappyDecompress)
CompressionCodecs[CompressionTypes.LZ4] = plugIn(lz4Compress, lz4Decompress)
CompressionCodecs[CompressionTypes.ZSTD] = plugIn(
  (bytes) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
  zstdDecompressSync,
)

function clientOf(place: StepPlace): Kafka {
  return new kafkajs.Kafka({
    clientId: 'kafkajs',
    brokers: [place.server],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 5 },
  })
}

async function withAdmin<T>(place: StepPlace, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = clientOf(place).admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

async function send(
  place: StepPlace,
  batch: { readonly topic: string; readonly values: readonly string[]; readonly codec?: CodecName },
): Promise<void> {
  const producer = clientOf(place).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  try {
    const messages = batch.values.map((value) => ({ value }))
    await producer.send({ topic: batch.topic, compression: types[batch.codec ?? 'none'], messages })
  } finally {
    await producer.disconnect()
  }
}

interface ReadOptions {
  readonly topic: string
  readonly count: number
  readonly group?: string
  /** Called when the consumer runs: this is when kafkajs lets one seek. */
  readonly onRunning?: (consumer: Consumer) => void
}

async function read(place: StepPlace, options: ReadOptions): Promise<string[]> {
  const { topic, count, group = `${topic}-reader`, onRunning } = options
  const consumer = clientOf(place).consumer({ groupId: group, maxWaitTimeInMs: 200 })
  const values: string[] = []
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({
      eachMessage: ({ message }) => {
        values.push(message.value?.toString() ?? '')
        return Promise.resolve()
      },
    })
    onRunning?.(consumer)
    await until(`${count} records of ${topic}`, () => Promise.resolve(values.length >= count))
  } finally {
    await consumer.disconnect()
  }
  return values
}

function produce(codec: CodecName) {
  return (place: StepPlace): Promise<void> =>
    send(place, { topic: place.named(codec), values: sentValues, codec })
}

async function createTopic(place: StepPlace, topic: string, numPartitions: number): Promise<void> {
  await withAdmin(place, (admin) => admin.createTopics({ topics: [{ topic, numPartitions }] }))
}

async function rebalance(place: StepPlace): Promise<void> {
  const topic = place.named('shared')
  await createTopic(place, topic, 4)
  const kafka = clientOf(place)
  const members = [1, 2].map(() =>
    kafka.consumer({ groupId: `${topic}-group`, sessionTimeout: 6_000, heartbeatInterval: 500 }),
  )
  const held = async (): Promise<string> =>
    withAdmin(place, async (admin) => {
      const { groups } = await admin.describeGroups([`${topic}-group`])
      const [group] = groups
      if (group?.state !== 'Stable') return group?.state ?? ''
      return group.members
        .map(({ memberAssignment }) => kafkajs.AssignerProtocol.MemberAssignment.decode(memberAssignment))
        .map((assignment) => assignment?.assignment[topic]?.length ?? 0)
        .join()
    })
  try {
    for (const member of members) {
      await member.connect()
      await member.subscribe({ topics: [topic] })
      await member.run({ eachMessage: () => Promise.resolve() })
    }
    await until('two partitions each', async () => (await held()) === '2,2')
    await members[0]?.disconnect()
    await until('four partitions for one', async () => (await held()) === '4')
  } finally {
    for (const member of members) await member.disconnect()
  }
}

export const kafkajsSteps: ClientSteps = {
  client: 'kafkajs',
  version: async () => {
    const { default: facts } = (await import('kafkajs/package.json', { with: { type: 'json' } })) as {
      default: { version: string }
    }
    return facts.version
  },
  unsupported: {},
  steps: {
    none: produce('none'),
    gzip: produce('gzip'),
    snappy: produce('snappy'),
    lz4: produce('lz4'),
    zstd: produce('zstd'),
    create: (place) => createTopic(place, place.named('created'), 3),
    list: async (place) => {
      const topic = place.named('created')
      await withAdmin(place, async (admin) => {
        expectEqual((await admin.listTopics()).includes(topic), true, 'listed')
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
        expectEqual(topics[0]?.partitions.length, 3, 'partitions')
      })
    },
    consume: async (place) => {
      for (const codec of codecNames) {
        const values = await read(place, { topic: place.named(codec), count: sentValues.length })
        expectEqual(values, sentValues, codec)
      }
    },
    group: async (place) => {
      const topic = place.named('grouped')
      await createTopic(place, topic, 1)
      await send(place, { topic, values: ['one', 'two'] })
      expectEqual(await read(place, { topic, count: 2 }), ['one', 'two'], 'first time')
      await send(place, { topic, values: ['three'] })
      expectEqual(await read(place, { topic, count: 1 }), ['three'], 'second time')
    },
    rebalance,
    'seek offset': async (place) => {
      const topic = place.named('seek-offset')
      await createTopic(place, topic, 1)
      await send(place, { topic, values: ['0', '1', '2', '3', '4'] })
      const onRunning = (consumer: Consumer): void => consumer.seek({ topic, partition: 0, offset: '3' })
      expectEqual((await read(place, { topic, count: 2, onRunning })).slice(-2), ['3', '4'], 'from offset 3')
    },
    'seek time': async (place) => {
      const topic = place.named('seek-time')
      await createTopic(place, topic, 1)
      await send(place, { topic, values: ['0', '1', '2'] })
      await new Promise((resolve) => setTimeout(resolve, 5))
      const nowMs = Date.now()
      await new Promise((resolve) => setTimeout(resolve, 5))
      await send(place, { topic, values: ['3', '4'] })
      const [found] = await withAdmin(place, (admin) => admin.fetchTopicOffsetsByTimestamp(topic, nowMs))
      expectEqual(found?.offset, '3', 'offset of a time')
    },
    delete: async (place) => {
      const topic = place.named('created')
      await withAdmin(place, async (admin) => {
        await admin.deleteTopics({ topics: [topic] })
        await until('not listed', async () => !(await admin.listTopics()).includes(topic))
      })
    },
  },
}
