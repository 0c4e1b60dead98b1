import { createDocumentEncoder, composeRun } from '@beamtime/event-model'
import { expect, test } from 'vitest'
import type { PlayOptions } from '../../src/play/play-options.ts'
import type { PlayResult } from '../../src/play/play-progress.ts'
import type { Player } from '../../src/play/player.ts'
import type { Replay } from '../../src/open-replay.ts'
import { MadeUpTime } from '../made-up-time.ts'
import { contentOf, plain, produce, record, replayBench, texts } from '../replay-bench.ts'

/** A topic `a` of so many messages, each so many ms after the one before; each in a batch of its own. */
async function filled(replay: Replay, gapsMs: readonly number[]): Promise<void> {
  await replay.bus.ensureTopics([{ name: 'a' }])
  let timestampMs = 1_700_000_000_000
  for (const [index, gapMs] of gapsMs.entries()) {
    timestampMs += gapMs
    await produce(replay, { topic: 'a' }, [record({ timestampMs, value: Buffer.from(String(index)) })])
  }
}

interface Played {
  readonly result: PlayResult
  /** When each message went, ms after the first. */
  readonly wentMs: readonly number[]
  readonly values: readonly string[]
  readonly time: MadeUpTime
}

/** Plays `topic:a` to `b` by a made-up clock. `prepare` may lay events on that clock. */
async function played(
  replay: Replay,
  options: Partial<PlayOptions>,
  prepare: (time: MadeUpTime, player: Player) => void = () => undefined,
): Promise<Played> {
  const time = new MadeUpTime()
  const source = await replay.source(options.source ?? 'topic:a')
  const player = replay.player(
    source,
    // The time of the record tells when it went.
    { source: 'topic:a', topicMap: { a: 'b' }, create: true, force: true, shift: 1_000_000, ...options },
    { time },
  )
  prepare(time, player)
  const result = await player.run()
  await source.close()
  // By a made-up clock nothing is ever late.
  expect(result.lateness.maxMs).toBe(0)
  const [found = []] = await contentOf(replay, 'b')
  return {
    result,
    time,
    wentMs: found.map(({ timestampMs }) => timestampMs - 1_000_000),
    values: texts(found),
  }
}

test('at ten times the speed a recording of 60 s is played in 6.00 s, each message on time', async () => {
  const { replay } = await replayBench()
  await filled(replay, [0, 15_000, 5_000, 40_000])
  const { result, wentMs, time } = await played(replay, { pace: { kind: 'speed', factor: 10 } })
  expect(wentMs).toEqual([0, 1_500, 2_000, 6_000])
  expect(time.elapsedMs).toBe(6_000)
  expect(result).toMatchObject({ state: 'done', read: 4, sent: 4, acked: 4, lateness: { maxMs: 0 } })
})

test('a pause of 3 s makes all that follows 3 s later', async () => {
  const { replay } = await replayBench()
  await filled(replay, [0, 1_000, 1_000, 1_000])
  const { wentMs } = await played(replay, {}, (time, player) => {
    time.at(1_500, () => player.pause())
    time.at(4_500, () => player.resume())
  })
  expect(wentMs).toEqual([0, 1_000, 5_000, 6_000])
})

test('paused, one message at a time goes when it is asked for', async () => {
  const { replay } = await replayBench()
  await filled(replay, [0, 1_000, 1_000, 1_000])
  const states: string[] = []
  const { wentMs } = await played(replay, {}, (time, player) => {
    time.at(500, () => player.pause())
    time.at(700, () => player.step())
    time.at(900, () => {
      states.push(player.state)
      player.step()
    })
    time.at(1_000, () => player.stop())
  })
  expect(states).toEqual(['paused'])
  expect(wentMs).toEqual([0, 700, 900])
})

test('another speed while it plays holds from where it is', async () => {
  const { replay } = await replayBench()
  await filled(replay, [0, 1_000, 1_000, 10_000])
  const { wentMs } = await played(replay, {}, (time, player) =>
    time.at(1_500, () => player.setPace({ kind: 'speed', factor: 5 })),
  )
  expect(wentMs).toEqual([0, 1_000, 1_600, 3_600])
})

test('a place is sought in both directions, and from there it goes on at its pace', async () => {
  const { replay } = await replayBench()
  await filled(replay, [0, 1_000, 1_000, 1_000, 1_000])
  const ahead = await played(replay, {}, (time, player) =>
    time.at(500, () => player.seek({ kind: 'number', index: 3 })),
  )
  expect(ahead.values).toEqual(['0', '3', '4'])
  expect(ahead.time.elapsedMs).toBe(1_500)
  const back = await played(replay, {}, (time, player) =>
    time.at(2_500, () => player.seek({ kind: 'earliest' })),
  )
  expect(back.values).toEqual(['0', '1', '2', '0', '1', '2', '3', '4'])
})

test('a stop ends it with what was sent acknowledged', async () => {
  const { replay } = await replayBench()
  await filled(replay, [0, 1_000, 1_000])
  const { result, values } = await played(replay, {}, (time, player) => time.at(1_200, () => player.stop()))
  expect(result).toMatchObject({ state: 'stopped', sent: 2, acked: 2 })
  expect(values).toEqual(['0', '1'])
})

test('passes begin an interval apart, or their length and a median gap', async () => {
  const { replay } = await replayBench()
  await filled(replay, [0, 1_000, 1_000])
  const apart = await played(replay, { loop: 3, intervalMs: 4_000 })
  expect(apart.wentMs).toEqual([0, 1_000, 2_000, 4_000, 5_000, 6_000, 8_000, 9_000, 10_000])
  const plainLoop = await played(replay, { loop: 2 })
  expect(plainLoop.wentMs).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000])
})

test('places at which it starts and stops: number, share, time, offset', async () => {
  const { replay } = await replayBench()
  await filled(replay, [0, 1_000, 1_000, 1_000])
  const from = async (options: Partial<PlayOptions>): Promise<readonly string[]> =>
    (await played(replay, { pace: { kind: 'asap' }, ...options })).values
  expect(await from({ start: { kind: 'number', index: 2 } })).toEqual(['2', '3'])
  expect(
    await from({ start: { kind: 'percent', percent: 25 }, stop: { kind: 'percent', percent: 75 } }),
  ).toEqual(['1', '2'])
  expect(await from({ start: { kind: 'time', timestampMs: 1_700_000_000_500 } })).toEqual(['1', '2', '3'])
  expect(await from({ start: { kind: 'before-end', ms: 1_000 } })).toEqual(['2', '3'])
  expect(await from({ start: { kind: 'offset', offset: 1 }, stop: { kind: 'offset', offset: 3 } })).toEqual([
    '1',
    '2',
  ])
  expect(await from({ sample: 2 })).toEqual(['0', '2'])
  expect(await from({ select: "offset >= 3 || value == '0'" })).toEqual(['0', '3'])
})

test('seeking a run begins with its start document, and a stop at it ends behind its stop', async () => {
  const { replay } = await replayBench()
  await replay.bus.ensureTopics([{ name: 'a' }])
  const encoder = createDocumentEncoder()
  const uids = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
  for (const [number, uid] of uids.entries()) {
    const time = 1_700_000_000 + number * 10
    const run = composeRun({ uid, now: () => time as never })
    const { descriptorDoc } = run.composeDescriptor({ name: 'primary', data_keys: {} })
    const documents = [
      ['start', run.startDoc],
      ['descriptor', descriptorDoc],
      ['stop', run.composeStop({})],
    ] as const
    await produce(
      replay,
      { topic: 'a' },
      documents.map((named, index) =>
        record({
          timestampMs: time * 1_000 + index,
          key: Buffer.from(named[0]),
          value: encoder.encode(named as never),
        }),
      ),
    )
  }
  const keys = async (options: Partial<PlayOptions>): Promise<readonly string[]> => {
    await played(replay, { pace: { kind: 'asap' }, shift: 'none', ...options })
    const [found = []] = await contentOf(replay, 'b')
    return found.map(({ key, offset }) => `${Buffer.from(key ?? []).toString()} ${offset}`)
  }
  expect(await keys({ start: { kind: 'run', uid: '2222' } })).toEqual(['start 0', 'descriptor 1', 'stop 2'])
  expect(await keys({ stop: { kind: 'run', uid: '1111' } })).toHaveLength(3)
  await expect(keys({ start: { kind: 'run', uid: '3333' } })).rejects.toMatchObject({
    code: 'REPLAY_UNKNOWN_ID',
  })
})

test('messages of several partitions go in the order of their times, those of one in the order of offsets', async () => {
  const { replay } = await replayBench()
  await replay.bus.ensureTopics([{ name: 'a', partitions: 2 }])
  const put = (partition: number, timestampMs: number): Promise<void> =>
    produce(replay, { topic: 'a', partition }, [
      record({ timestampMs, value: Buffer.from(`${partition}:${timestampMs}`) }),
    ])
  for (const [partition, timestampMs] of [
    [0, 100],
    [0, 300],
    [1, 200],
    [1, 50],
    [1, 400],
  ] as const)
    await put(partition, timestampMs)
  const { values } = await played(replay, { partition: { kind: 'fixed', partition: 0 }, partitions: 1 })
  // 50 comes behind 200 in its partition, so it is due at 200 as well.
  expect(values).toEqual(['0:100', '1:200', '1:50', '0:300', '1:400'])
})

test('times of records are as recorded, moved, or those of sending; headers are kept, dropped, chosen, added', async () => {
  const { replay } = await replayBench()
  await replay.bus.ensureTopics([{ name: 'a' }])
  const headers = ['x', 'y', 'x'].map((key, index) => ({ key, value: Buffer.from([index]) }))
  await produce(replay, { topic: 'a' }, [record({ timestampMs: 5_000, value: Buffer.from('v'), headers })])
  const sent = async (options: Partial<PlayOptions>): Promise<unknown[]> => {
    await played(replay, { shift: 'none', ...options })
    const [found = []] = await contentOf(replay, 'b')
    return plain(found)
  }
  expect(await sent({})).toMatchObject([
    {
      timestampMs: 5_000,
      headers: [
        ['x', '00'],
        ['y', '01'],
        ['x', '02'],
      ],
    },
  ])
  expect(await sent({ headers: { kind: 'drop' } })).toMatchObject([{ headers: [] }])
  expect(await sent({ headers: { kind: 'only', names: ['x'] } })).toMatchObject([
    {
      headers: [
        ['x', '00'],
        ['x', '02'],
      ],
    },
  ])
  expect(
    await sent({ headers: { kind: 'without', names: ['x'] }, addHeaders: [{ key: 'z', value: 'q' }] }),
  ).toMatchObject([
    {
      headers: [
        ['y', '01'],
        ['z', '71'],
      ],
    },
  ])
  const [marked] = (await sent({ headers: { kind: 'drop' }, mark: true })) as {
    headers: [string, string][]
  }[]
  expect(Buffer.from(marked?.headers[0]?.[1] ?? '', 'hex').toString()).toBe('topic:a/0')
  expect(await sent({ shift: 9_000, timestamps: 'original' })).toMatchObject([{ timestampMs: 5_000 }])
  const [now] = (await sent({ timestamps: 'now' })) as { timestampMs: number }[]
  expect(Math.abs((now?.timestampMs ?? 0) - Date.now())).toBeLessThan(60_000)
})

test('partitions are chosen by key as Java does, in turn, or fixed', async () => {
  const { replay } = await replayBench()
  await replay.bus.ensureTopics([{ name: 'a' }])
  const keys = ['21', 'foobar', 'a-little-bit-long-string', 'k']
  await produce(
    replay,
    { topic: 'a' },
    keys.map((key) => record({ key: Buffer.from(key), value: Buffer.from(key) })),
  )
  const spread = async (partition: PlayOptions['partition'], partitions: number): Promise<string[][]> => {
    await played(replay, { partition, partitions } as Partial<PlayOptions>)
    return (await contentOf(replay, 'b')).map(texts)
  }
  expect(await spread({ kind: 'round-robin' }, 2)).toEqual([
    [keys[0], keys[2]],
    [keys[1], keys[3]],
  ])
  expect(await spread({ kind: 'fixed', partition: 1 }, 2)).toEqual([[], keys])
  // murmur2 of '21' is -973932308 and of 'foobar' -790332482 (Apache Kafka's UtilsTest).
  const byKey = await spread({ kind: 'key' }, 7)
  expect(byKey[(-973_932_308 & 0x7fff_ffff) % 7]).toContain('21')
  expect(byKey[(-790_332_482 & 0x7fff_ffff) % 7]).toContain('foobar')
})

test('what must not be written to is refused before anything happens', async () => {
  const { replay } = await replayBench({ denyTopics: [/^prod/] })
  await filled(replay, [0])
  await expect(played(replay, { topicMap: {} })).rejects.toMatchObject({ code: 'REPLAY_NOT_ALLOWED' })
  await expect(played(replay, { topicMap: { a: 'prod-x' } })).rejects.toMatchObject({
    code: 'REPLAY_NOT_ALLOWED',
  })
  await expect(played(replay, { create: false, force: false })).rejects.toMatchObject({
    code: 'REPLAY_TOPIC_UNKNOWN',
  })
  await replay.bus.ensureTopics([{ name: 'b' }])
  await expect(played(replay, { force: false })).rejects.toMatchObject({ code: 'REPLAY_TOPIC_EXISTS' })
  expect(await replay.cluster.topicNames()).toEqual(['a', 'b'])
})

test('a looped play of runs without fresh ids warns', async () => {
  const { replay } = await replayBench()
  await replay.bus.ensureTopics([{ name: 'a' }])
  const value = createDocumentEncoder().encode(['start', { uid: 'u', time: 1 } as never] as never)
  await produce(replay, { topic: 'a' }, [record({ timestampMs: 1, value })])
  const { result } = await played(replay, { loop: 2 })
  expect(result.warnings).toEqual([expect.stringContaining('--renumber docs')])
  const renumbered = await played(replay, { loop: 2, renumber: ['docs'] })
  expect(renumbered.result.warnings).toEqual([])
})

test('a play that was stopped goes on behind the last message that arrived', async () => {
  const { replay, folder } = await replayBench()
  await filled(
    replay,
    Array.from({ length: 20 }, () => 100),
  )
  const resume = `${folder}/progress.json`
  const first = await played(replay, { resume, force: false }, (time, player) =>
    time.at(950, () => player.stop()),
  )
  expect(first.result).toMatchObject({ state: 'stopped' })
  expect(first.values).toHaveLength(10)
  const second = await played(replay, { resume, force: false })
  expect(second.result).toMatchObject({ state: 'done', sent: 10 })
  expect(second.values).toEqual(Array.from({ length: 20 }, (_, index) => String(index)))
  const third = await played(replay, { resume, force: false })
  expect(third.result).toMatchObject({ state: 'done', sent: 0 })
})
