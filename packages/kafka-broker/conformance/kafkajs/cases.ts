import kafkajs, { type Consumer, type Kafka } from 'kafkajs'
import { type Case, expectEqual } from '../case.ts'

/* kafkajs 2.2.4: no flexible versions at all, so it covers the older half of the protocol. */

function clientOf(server: string): Kafka {
  return new kafkajs.Kafka({
    clientId: 'kafkajs',
    brokers: [server],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 3 },
  })
}

async function produce(
  kafka: Kafka,
  batch: { topic: string; values: readonly string[]; idempotent?: boolean; gzip?: boolean },
): Promise<void> {
  const { topic, values, idempotent = false, gzip = false } = batch
  const producer = kafka.producer({
    idempotent,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  try {
    const compression = gzip ? kafkajs.CompressionTypes.GZIP : kafkajs.CompressionTypes.None
    await producer.send({
      topic,
      compression,
      messages: values.map((value) => ({ value, headers: { h: 'x' } })),
    })
  } finally {
    await producer.disconnect()
  }
}

/** Values as a member of a group, until `count` are there. */
async function consume(consumer: Consumer, topic: string, count: number): Promise<string[]> {
  const values: string[] = []
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${values.length} of ${count} after 20 s`)), 20_000)
    consumer
      .run({
        eachMessage: ({ message }) => {
          values.push(message.value?.toString() ?? '')
          if (values.length === count) {
            clearTimeout(timer)
            resolve()
          }
          return Promise.resolve()
        },
      })
      .catch(reject)
  })
  return values
}

export const kafkajsCases: readonly Case[] = [
  {
    name: 'creates, describes and deletes a topic',
    run: async (server) => {
      const admin = clientOf(server).admin()
      await admin.connect()
      try {
        await admin.createTopics({
          topics: [
            { topic: 'kj-topic', numPartitions: 3, configEntries: [{ name: 'retention.ms', value: '5000' }] },
          ],
        })
        const { topics } = await admin.fetchTopicMetadata({ topics: ['kj-topic'] })
        expectEqual(topics[0]?.partitions.length, 3, 'partitions')
        const configs = await admin.describeConfigs({
          includeSynonyms: false,
          resources: [
            { type: kafkajs.ConfigResourceTypes.TOPIC, name: 'kj-topic', configNames: ['retention.ms'] },
          ],
        })
        expectEqual(
          configs.resources[0]?.configEntries.map((entry) => entry.configValue),
          ['5000'],
          'retention.ms',
        )
        await admin.deleteTopics({ topics: ['kj-topic'] })
        expectEqual((await admin.listTopics()).includes('kj-topic'), false, 'listed after deletion')
      } finally {
        await admin.disconnect()
      }
    },
  },
  ...[{ gzip: false }, { gzip: true }].map(({ gzip }) => ({
    name: `produces and consumes in a group${gzip ? ' with gzip' : ''}`,
    run: async (server: string) => {
      const kafka = clientOf(server)
      const topic = gzip ? 'kj-gzip' : 'kj-plain'
      const sent = Array.from({ length: 300 }, (_, i) => `${i} ${'v'.repeat(i)}`)
      await produce(kafka, { topic, values: sent, gzip })
      const consumer = kafka.consumer({ groupId: `${topic}-group` })
      try {
        expectEqual(await consume(consumer, topic, sent.length), sent, 'values')
      } finally {
        await consumer.disconnect()
      }
    },
  })),
  {
    name: 'produces idempotently',
    run: async (server) => {
      const kafka = clientOf(server)
      await produce(kafka, { topic: 'kj-idem', values: ['a', 'b', 'c'], idempotent: true })
      const consumer = kafka.consumer({ groupId: 'kj-idem-group' })
      try {
        expectEqual(await consume(consumer, 'kj-idem', 3), ['a', 'b', 'c'], 'values')
      } finally {
        await consumer.disconnect()
      }
    },
  },
  {
    name: 'shares partitions between two members and hands them over',
    run: async (server) => {
      const kafka = clientOf(server)
      const admin = kafka.admin()
      await admin.connect()
      await admin.createTopics({ topics: [{ topic: 'kj-shared', numPartitions: 4 }] })
      const members = [1, 2].map(() =>
        kafka.consumer({ groupId: 'kj-shared-group', sessionTimeout: 6_000, heartbeatInterval: 500 }),
      )
      try {
        for (const member of members) {
          await member.connect()
          await member.subscribe({ topics: ['kj-shared'] })
          await member.run({ eachMessage: () => Promise.resolve() })
        }
        const deadline = Date.now() + 20_000
        const counts = async (): Promise<number[]> => {
          const { groups } = await admin.describeGroups(['kj-shared-group'])
          const [group] = groups
          if (group?.state !== 'Stable') return []
          return group.members.map((member) => {
            const assignment = kafkajs.AssignerProtocol.MemberAssignment.decode(member.memberAssignment)
            return assignment?.assignment['kj-shared']?.length ?? 0
          })
        }
        const reach = async (wanted: readonly number[]): Promise<void> => {
          while (JSON.stringify(await counts()) !== JSON.stringify(wanted)) {
            if (Date.now() > deadline)
              throw new Error(`${JSON.stringify(await counts())} instead of ${JSON.stringify(wanted)}`)
            await new Promise((resolve) => setTimeout(resolve, 50))
          }
        }
        await reach([2, 2])
        await members[0]?.disconnect()
        await reach([4])
      } finally {
        for (const member of members) await member.disconnect()
        await admin.disconnect()
      }
    },
  },
  {
    name: 'reads and sets the offsets of a group',
    run: async (server) => {
      const kafka = clientOf(server)
      await produce(kafka, { topic: 'kj-offsets', values: ['a', 'b', 'c'] })
      const admin = kafka.admin()
      await admin.connect()
      try {
        await admin.setOffsets({
          groupId: 'kj-offsets-group',
          topic: 'kj-offsets',
          partitions: [{ partition: 0, offset: '2' }],
        })
        const [fetched] = await admin.fetchOffsets({ groupId: 'kj-offsets-group', topics: ['kj-offsets'] })
        expectEqual(fetched?.partitions[0]?.offset, '2', 'offset')
        const [ends] = await admin.fetchTopicOffsets('kj-offsets')
        expectEqual([ends?.low, ends?.high], ['0', '3'], 'low and high')
        const consumer = kafka.consumer({ groupId: 'kj-offsets-group' })
        try {
          expectEqual(await consume(consumer, 'kj-offsets', 1), ['c'], 'values')
        } finally {
          await consumer.disconnect()
        }
      } finally {
        await admin.disconnect()
      }
    },
  },
  {
    name: 'commits and aborts transactions',
    run: async (server) => {
      const kafka = clientOf(server)
      const admin = kafka.admin()
      const producer = kafka.producer({
        transactionalId: 'kj-transaction',
        idempotent: true,
        maxInFlightRequests: 1,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      })
      const consumer = kafka.consumer({ groupId: 'kj-transaction-group' })
      await admin.connect()
      try {
        await admin.createTopics({ topics: [{ topic: 'kj-transaction' }] })
        await producer.connect()
        for (const value of ['committed', 'aborted', 'committed too']) {
          const transaction = await producer.transaction()
          await transaction.send({ topic: 'kj-transaction', messages: [{ value }] })
          const topics = [{ topic: 'kj-transaction', partitions: [{ partition: 0, offset: '0' }] }]
          await transaction.sendOffsets({ consumerGroupId: 'kj-transaction-offsets', topics })
          await (value === 'aborted' ? transaction.abort() : transaction.commit())
        }
        expectEqual(await consume(consumer, 'kj-transaction', 2), ['committed', 'committed too'], 'values')
      } finally {
        await consumer.disconnect()
        await producer.disconnect()
        await admin.disconnect()
      }
    },
  },
]
