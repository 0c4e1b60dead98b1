import { expect, test } from 'vitest'
import { busBench, stopper } from './bus-bench.ts'

test('a setting is changed alone, and goes back to its default', async () => {
  const bus = await busBench()
  await bus.ensureTopics([{ name: 'a', configs: { 'retention.ms': '5000', 'segment.bytes': '1048576' } }])
  const standard = (await bus.admin.describeTopic('a')).configs['max.message.bytes']
  await bus.admin.alterConfigs('a', { 'max.message.bytes': '4096' })
  expect((await bus.admin.describeTopic('a')).configs).toMatchObject({
    'retention.ms': '5000',
    'segment.bytes': '1048576',
    'max.message.bytes': '4096',
  })
  await bus.admin.alterConfigs('a', { 'max.message.bytes': null })
  expect((await bus.admin.describeTopic('a')).configs['max.message.bytes']).toBe(standard)
})

test('partitions are added, never taken away', async () => {
  const bus = await busBench()
  await bus.ensureTopics([{ name: 'a', partitions: 2 }])
  await bus.admin.addPartitions('a', 5)
  expect((await bus.admin.describeTopic('a')).partitions).toHaveLength(5)
  await expect(bus.admin.addPartitions('a', 1)).rejects.toMatchObject({ name: 'BusError' })
})

test('records before an offset are deleted, or all of them', async () => {
  const bus = await busBench()
  await bus.ensureTopics([{ name: 'a' }])
  await bus.producer().sendBatch([1, 2, 3, 4].map((n) => ({ topic: 'a', value: String(n) })))
  await bus.admin.deleteRecords('a', new Map([[0, 3n]]))
  expect(await bus.admin.offsets('a')).toEqual([{ partition: 0, earliest: 3n, latest: 4n }])
  await bus.admin.deleteRecords('a', 'latest')
  expect(await bus.admin.offsets('a')).toEqual([{ partition: 0, earliest: 4n, latest: 4n }])
})

test('an empty group goes on where it is put', async () => {
  const bus = await busBench()
  await bus.ensureTopics([{ name: 'a' }])
  await bus.producer().sendBatch([1, 2, 3, 4].map((n) => ({ topic: 'a', value: String(n) })))
  const read = async (count: number): Promise<string[]> => {
    const stop = stopper()
    const values: string[] = []
    await bus.consume({
      groupId: 'g',
      topics: ['a'],
      from: 'earliest',
      signal: stop.signal,
      onBatch: ({ records }) => {
        values.push(...records.map(({ value }) => Buffer.from(value ?? []).toString()))
        if (values.length >= count) stop.abort()
        return Promise.resolve()
      },
    })
    return values
  }
  expect(await read(4)).toEqual(['1', '2', '3', '4'])
  await bus.admin.resetGroup('g', 'a', new Map([[0, 2n]]))
  expect(await bus.admin.groupLag('g')).toMatchObject([{ committed: 2n, lag: 2n }])
  expect(await read(2)).toEqual(['3', '4'])
})

test('a topic tells where its partitions are, and which settings are its own', async () => {
  const bus = await busBench()
  await bus.admin.createTopic({ name: 'a', partitions: 2, configs: { 'retention.ms': '5000' } })
  const { id, partitions, settings } = await bus.admin.topicLayout('a')
  expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect(partitions).toEqual([
    { partition: 0, leader: 1, replicas: [1], inSync: [1] },
    { partition: 1, leader: 1, replicas: [1], inSync: [1] },
  ])
  expect(settings.filter(({ isOwn }) => isOwn)).toEqual([
    { name: 'retention.ms', value: '5000', isOwn: true, isDefault: false },
  ])
  await expect(bus.admin.topicLayout('b')).rejects.toMatchObject({ code: 'BUS_TOPIC_UNKNOWN' })
})

test('naming a topic creates it where the broker creates what is named, with its own number of partitions', async () => {
  const strict = await busBench()
  expect(await strict.admin.nameTopic('a')).toBe(false)
  const bus = await busBench({}, { auto_create_topics: true, default_partitions: 3 })
  expect(await bus.admin.nameTopic('a')).toBe(true)
  expect((await bus.admin.topicLayout('a')).partitions).toHaveLength(3)
  await bus.admin.createTopic({ name: 'b', partitions: -1 })
  expect((await bus.admin.topicLayout('b')).partitions).toHaveLength(3)
})
