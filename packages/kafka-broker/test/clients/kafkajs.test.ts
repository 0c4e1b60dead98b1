import kafkajs from 'kafkajs'
import { expect, onTestFinished, test } from 'vitest'
import { startTestBroker } from '../broker-bench.ts'

/* kafkajs speaks the older half of the protocol (no flexible versions). The newer half is covered by the package bus, whose
 * client speaks nothing else. */
function client(server: string): kafkajs.Kafka {
  return new kafkajs.Kafka({
    clientId: 'kj',
    brokers: [server],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 2 },
  })
}

test('kafkajs creates a topic, produces and consumes in a group', async () => {
  const { server } = await startTestBroker()
  const kafka = client(server)
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  onTestFinished(() => producer.disconnect())
  const messages = ['a', 'b', 'c'].map((value) => ({ key: 'k', value, headers: { h: 'x' } }))
  await producer.send({ topic: 'kj', messages })
  const consumer = kafka.consumer({ groupId: 'kj-group' })
  onTestFinished(() => consumer.disconnect())
  await consumer.connect()
  await consumer.subscribe({ topics: ['kj'], fromBeginning: true })
  const values: string[] = []
  await new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: ({ message }) => {
        values.push(`${message.offset} ${message.key} ${message.value} ${message.headers?.['h']}`)
        if (values.length === 3) resolve()
        return Promise.resolve()
      },
    })
  })
  expect(values).toEqual(['0 k a x', '1 k b x', '2 k c x'])
})

test('kafkajs administers topics, settings and offsets', async () => {
  const { server } = await startTestBroker()
  const admin = client(server).admin()
  await admin.connect()
  onTestFinished(() => admin.disconnect())
  await admin.createTopics({ topics: [{ topic: 'kj', numPartitions: 2 }] })
  await admin.createPartitions({ topicPartitions: [{ topic: 'kj', count: 4 }] })
  expect(await admin.fetchTopicOffsets('kj')).toHaveLength(4)
  await admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: 'kj',
        configEntries: [{ name: 'retention.ms', value: '777' }],
      },
    ],
  })
  const { resources } = await admin.describeConfigs({
    includeSynonyms: true,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: 'kj', configNames: ['retention.ms'] }],
  })
  expect(resources[0]?.configEntries[0]?.configValue).toBe('777')
  await admin.deleteTopics({ topics: ['kj'] })
  expect(await admin.listTopics()).toEqual([])
})
