import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Admin, Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka'
import { expectEqual } from '../case.ts'
import { type ClientSteps, type CodecName, codecNames, sentValues, type StepPlace, until } from './step.ts'

type TextConsumer = Consumer<string, string, string, string>

const optionsOf = (place: StepPlace) => ({ clientId: 'platformatic', bootstrapBrokers: [place.server] })

async function withAdmin<T>(place: StepPlace, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Admin(optionsOf(place))
  try {
    return await work(admin)
  } finally {
    await admin.close()
  }
}

async function createTopic(place: StepPlace, topic: string, partitions: number): Promise<void> {
  await withAdmin(place, async (admin) => {
    await admin.createTopics({ topics: [topic], partitions, replicas: 1 })
    await until(`${topic} is there`, async () => (await admin.listTopics()).includes(topic))
  })
}

async function send(
  place: StepPlace,
  batch: { readonly topic: string; readonly values: readonly string[]; readonly codec?: CodecName },
): Promise<void> {
  const producer = new Producer({ ...optionsOf(place), serializers: stringSerializers })
  try {
    const messages = batch.values.map((value) => ({ topic: batch.topic, value, partition: 0 }))
    await producer.send({ acks: -1, compression: batch.codec ?? 'none', messages })
  } finally {
    await producer.close()
  }
}

function consumerOf(place: StepPlace, groupId: string): TextConsumer {
  return new Consumer({
    ...optionsOf(place),
    groupId,
    deserializers: stringDeserializers,
    sessionTimeout: 10_000,
    heartbeatInterval: 500,
    maxWaitTime: 200,
  })
}

/** Values as a group member, from what the group has committed, or from given offsets. Commits what it read. */
async function read(
  place: StepPlace,
  from: { readonly topic: string; readonly count: number; readonly offset?: bigint },
): Promise<string[]> {
  const { topic, count, offset } = from
  const consumer = consumerOf(place, `${topic}-reader`)
  const values: string[] = []
  try {
    const stream = await consumer.consume({
      topics: [topic],
      autocommit: false,
      ...(offset === undefined
        ? { mode: 'committed' as const, fallbackMode: 'earliest' as const }
        : { mode: 'manual' as const, offsets: [{ topic, partition: 0, offset }] }),
    })
    const timer = setTimeout(() => void stream.close(), 30_000)
    for await (const message of stream) {
      values.push(message.value)
      if (values.length < count) continue
      await message.commit()
      break
    }
    clearTimeout(timer)
  } finally {
    await consumer.close(true)
  }
  return values
}

function produce(codec: CodecName) {
  return async (place: StepPlace): Promise<void> => {
    await createTopic(place, place.named(codec), 1)
    await send(place, { topic: place.named(codec), values: sentValues, codec })
  }
}

async function rebalance(place: StepPlace): Promise<void> {
  const topic = place.named('shared')
  await createTopic(place, topic, 4)
  const members = [1, 2].map(() => consumerOf(place, `${topic}-group`))
  const held = (): string => members.map((member) => member.assignments?.[0]?.partitions.length ?? 0).join()
  try {
    for (const member of members) {
      member.topics.track(topic)
      await member.joinGroup({})
    }
    await until('two partitions each', () => Promise.resolve(held() === '2,2'))
    await members[0]?.close(true)
    await until('four partitions for one', () =>
      Promise.resolve(members[1]?.assignments?.[0]?.partitions.length === 4),
    )
  } finally {
    for (const member of members) await member.close(true)
  }
}

export const platformaticSteps: ClientSteps = {
  client: '@platformatic/kafka',
  version: async () => {
    const entry = fileURLToPath(import.meta.resolve('@platformatic/kafka'))
    const text = await readFile(join(dirname(entry), '..', 'package.json'), 'utf8')
    return (JSON.parse(text) as { version: string }).version
  },
  unsupported: {},
  steps: {
    none: produce('none'),
    gzip: produce('gzip'),
    snappy: produce('snappy'),
    lz4: produce('lz4'),
    zstd: produce('zstd'),
    create: (place) => createTopic(place, place.named('created'), 3),
    list: (place) =>
      withAdmin(place, async (admin) => {
        const topic = place.named('created')
        expectEqual((await admin.listTopics()).includes(topic), true, 'listed')
        const metadata = await admin.metadata({ topics: [topic] })
        expectEqual(metadata.topics.get(topic)?.partitionsCount, 3, 'partitions')
      }),
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
      expectEqual(await read(place, { topic, count: 2, offset: 3n }), ['3', '4'], 'from offset 3')
    },
    'seek time': async (place) => {
      const topic = place.named('seek-time')
      await createTopic(place, topic, 1)
      await send(place, { topic, values: ['0', '1', '2'] })
      await new Promise((resolve) => setTimeout(resolve, 5))
      const timestamp = BigInt(Date.now())
      await new Promise((resolve) => setTimeout(resolve, 5))
      await send(place, { topic, values: ['3', '4'] })
      const consumer = consumerOf(place, `${topic}-lookup`)
      try {
        const found = await consumer.listOffsets({ topics: [topic], timestamp })
        const offset = found.get(topic)?.[0] ?? -1n
        expectEqual(Number(offset), 3, 'offset of a time')
        expectEqual(await read(place, { topic, count: 2, offset }), ['3', '4'], 'from that time')
      } finally {
        await consumer.close(true)
      }
    },
    delete: (place) =>
      withAdmin(place, async (admin) => {
        const topic = place.named('created')
        await admin.deleteTopics({ topics: [topic] })
        await until('not listed', async () => !(await admin.listTopics()).includes(topic))
      }),
  },
}
