import { Kafka, logLevel } from 'kafkajs'
import { waitFor } from '@beamtime/service-kit/testing'
import { expect, onTestFinished, test } from 'vitest'
import { produce, record, replayBench } from '../replay-bench.ts'

test(
  'a consumer that stands still shows in the play, by as many messages as another client counts',
  { timeout: 60_000 },
  async () => {
    const { replay, port } = await replayBench()
    await replay.bus.ensureTopics([{ name: 'a' }, { name: 'b', partitions: 2 }])
    await produce(
      replay,
      { topic: 'a' },
      Array.from({ length: 1_000 }, (_, index) => record({ timestampMs: index, value: Buffer.from('x') })),
    )
    const kafka = new Kafka({ clientId: 'other', brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING })
    const consumer = kafka.consumer({ groupId: 'slow', rebalanceTimeout: 2_000 })
    const admin = kafka.admin()
    await Promise.all([consumer.connect(), admin.connect()])
    onTestFinished(async () => {
      await Promise.allSettled([consumer.disconnect(), admin.disconnect()])
    })
    await consumer.subscribe({ topic: 'b', fromBeginning: true })
    let seen = 0
    await consumer.run({
      autoCommitThreshold: 1,
      eachMessage: (payload) => {
        // Takes 100 messages and then no more.
        if (++seen === 100) payload.pause()
        return Promise.resolve()
      },
    })
    const source = await replay.source('topic:a')
    const player = replay.player(source, {
      source: 'topic:a',
      topicMap: { a: 'b' },
      partition: { kind: 'round-robin' },
      pace: { kind: 'rate', perSecond: 300 },
    })
    const playing = player.run()
    const counted = async (): Promise<number> => {
      const ends = await admin.fetchTopicOffsets('b')
      const [committed] = await admin.fetchOffsets({ groupId: 'slow', topics: ['b'] })
      return ends.reduce((sum, { partition, high }) => {
        const at = committed?.partitions.find((one) => one.partition === partition)?.offset ?? '-1'
        return sum + Number(high) - Math.max(0, Number(at))
      }, 0)
    }
    const shown = (): number | undefined =>
      player.progress().groups.find(({ group, topic }) => group === 'slow' && topic === 'b')?.lag
    // A consumer that joins late is behind before it stands still.
    await waitFor(() => Promise.resolve(seen >= 100 || null), { timeoutMs: 20_000 })
    // Both look at a moving number: they agree once no more is sent.
    await waitFor(() => Promise.resolve((shown() ?? 0) > 200 || null), { timeoutMs: 20_000 })
    player.pause()
    await waitFor(async () => (await counted()) === shown() || null, { timeoutMs: 20_000 })
    // The partition that is not paused may still be read to its end.
    expect(shown()).toBeGreaterThan(0)
    player.stop()
    await playing
    await source.close()
  },
)
