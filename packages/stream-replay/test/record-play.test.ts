import { expect, test } from 'vitest'
import { contentOf, contentOfSource, plain, produce, record, replayBench } from './replay-bench.ts'
import { verifyRecording } from '../src/recording/verify.ts'

test(
  'a recording of four partitions with every codec plays back byte for byte',
  { timeout: 60_000 },
  async () => {
    const { replay } = await replayBench()
    await replay.bus.ensureTopics([{ name: 'a', partitions: 4 }])
    const big = Buffer.alloc(50_000_000, 'x')
    const headers = [
      { key: 'h', value: Buffer.from('1') },
      { key: 'h', value: null },
      { key: 'ü', value: Buffer.alloc(0) },
    ]
    for (let codec = 0; codec < 5; codec++)
      for (let partition = 0; partition < 4; partition++)
        await produce(replay, { topic: 'a', partition, codec }, [
          record({ timestampMs: 1_000 + codec, key: Buffer.from('k'), value: Buffer.from([codec]) }),
          record({ timestampMs: 900, key: null, value: null, headers }),
          record({ timestampMs: 2_000_000, key: Buffer.alloc(0), value: Buffer.alloc(100_000, codec + 65) }),
        ])
    await produce(replay, { topic: 'a', partition: 1 }, [record({ timestampMs: 5, value: big })])
    const recorder = await replay.recorder('one', {
      topics: ['a'],
      from: { kind: 'earliest' },
      to: { kind: 'latest' },
    })
    expect(await recorder.run()).toMatchObject({ state: 'done', count: 61, reason: 'end' })
    const report = await verifyRecording(recorder.directory)
    expect(report).toMatchObject({ messages: 61, damages: [] })
    for (const [name, options] of [
      ['whole', { pace: { kind: 'asap' } }],
      ['apart', { pace: { kind: 'asap' }, jitterMs: 1 }],
    ] as const) {
      const source = await replay.source('one')
      const player = replay.player(source, { source: 'one', topicMap: { a: name }, create: true, ...options })
      expect(await player.run()).toMatchObject({ state: 'done', sent: 61, acked: 61 })
      await source.close()
      const [wanted, found] = [await contentOf(replay, 'a'), await contentOf(replay, name)]
      for (let partition = 0; partition < 4; partition++)
        expect(plain(found[partition] ?? [])).toEqual(plain(wanted[partition] ?? []))
    }
    expect((await contentOfSource(replay, 'one')).map((records) => records.length)).toEqual([15, 16, 15, 15])
  },
)
