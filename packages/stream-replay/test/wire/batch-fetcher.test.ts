import { expect, test } from 'vitest'
import { fetchRound } from '../../src/wire/batch-fetcher.ts'
import { produce, record, replayBench } from '../replay-bench.ts'

test('where messages were deleted before they were read, reading goes on behind them and says so', async () => {
  const { replay } = await replayBench()
  await replay.bus.ensureTopics([{ name: 'a', configs: { 'retention.ms': '-1' } }])
  for (let index = 0; index < 6; index++)
    await produce(replay, { topic: 'a' }, [record({ value: Buffer.from([index]) })])
  await replay.bus.admin.deleteRecords('a', new Map([[0, 4n]]))
  const cursor = { topic: 'a', partition: 0, offset: 1 }
  const lost: number[] = []
  const round = (): ReturnType<typeof fetchRound> =>
    fetchRound(replay.cluster, {
      cursors: [cursor],
      maxWaitMs: 10,
      lane: 'test',
      onLost: ({ offset }, next) => lost.push(offset, next),
    })
  expect(await round()).toMatchObject([{ batches: [], highWatermark: 6 }])
  expect(lost).toEqual([1, 4])
  const [fetched] = await round()
  expect(fetched?.batches.map(({ header }) => header.baseOffset)).toEqual([4, 5])
  expect(cursor.offset).toBe(6)
})

test('a topic that does not exist, and one that the broker refuses, are told apart', async () => {
  const { replay } = await replayBench()
  const cursor = { topic: 'none', partition: 0, offset: 0 }
  await expect(
    fetchRound(replay.cluster, { cursors: [cursor], maxWaitMs: 1, lane: 'test' }),
  ).rejects.toMatchObject({
    code: 'REPLAY_TOPIC_UNKNOWN',
  })
  await replay.bus.ensureTopics([{ name: 'small', configs: { 'max.message.bytes': '1000' } }])
  await expect(
    produce(replay, { topic: 'small' }, [record({ value: Buffer.alloc(5_000, 1) })]),
  ).rejects.toMatchObject({
    code: 'REPLAY_REFUSED_BY_BROKER',
    message: expect.stringContaining('MESSAGE_TOO_LARGE') as string,
    remedy: expect.stringContaining('max.message.bytes') as string,
  })
})
