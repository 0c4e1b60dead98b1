import { parseSection } from '@beamtime/service-kit'
import { tempDir, testContext } from '@beamtime/service-kit/testing'
import { expect, onTestFinished, test } from 'vitest'
import { brokerConfig, registryConfig, startBroker } from '../src/index.ts'
import { batchBytes } from './batch-builder.ts'
import { RawClient } from './broker-bench.ts'

async function startService(): Promise<{
  port: number
  metrics: () => Promise<string>
  status: () => string | undefined
}> {
  const directory = tempDir()
  const context = testContext({ dataDir: directory.path, role: 'bus' })
  const broker = parseSection(brokerConfig, { listen: '127.0.0.1:0' }, { key: 'broker' })
  const registry = parseSection(registryConfig, {}, { key: 'registry' })
  const service = await startBroker({ broker, registry }, context)
  onTestFinished(async () => {
    await service.close()
    await directory.close()
  })
  const [endpoint] = service.endpoints
  return {
    port: Number(endpoint?.url.split(':').at(-1)),
    metrics: () => context.metrics.text(),
    status: () => service.status?.(),
  }
}

test('the service tells its endpoint and a status line', async () => {
  const { port, status } = await startService()
  await RawClient.connect(port)
  expect(port).toBeGreaterThan(0)
  expect(status()).toMatch(/^0 topics, 0 partitions, 0 groups, [01] clients$/)
})

test('metrics show traffic, sizes and the lag of groups', async () => {
  const { port, metrics } = await startService()
  const client = await RawClient.connect(port)
  const topic = { name: 'm', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  await client.call('CreateTopics', 4, { topics: [topic], timeoutMs: 1, validateOnly: false })
  const records = [batchBytes({ values: ['a', 'b', 'c'] })]
  await client.call('Produce', 7, {
    transactionalId: null,
    acks: 1,
    timeoutMs: 1,
    topicData: [{ name: 'm', partitionData: [{ index: 0, records }] }],
  })
  const partitions = [
    { partitionIndex: 0, committedOffset: 1, committedLeaderEpoch: -1, committedMetadata: '' },
  ]
  await client.call('OffsetCommit', 7, {
    groupId: 'g',
    generationIdOrMemberEpoch: -1,
    memberId: '',
    groupInstanceId: null,
    topics: [{ name: 'm', partitions }],
  })
  const text = await metrics()
  expect(text).toMatch(/beamtime_broker_records_in_total\{.*topic="m".*\} 3/)
  expect(text).toMatch(/beamtime_broker_group_lag\{.*group="g".*\} 2/)
  expect(text).toMatch(/beamtime_broker_connections(\{.*\})? 1/)
  expect(text).toContain('beamtime_broker_request_seconds_count')
})
