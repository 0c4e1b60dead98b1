import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ContainerWriter, parseAvroSchema } from '@beamtime/stream-formats/avro'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alertSimulator } from '../../src/alerts/alert-simulator.ts'
import { alertsOf } from '../../src/alerts/alert-samples.ts'
import { alertSchema } from '../../src/alerts/alert-schema.ts'
import type { Replay } from '../../src/open-replay.ts'
import { contentOf, replayBench } from '../replay-bench.ts'

const schema = parseAvroSchema(
  JSON.stringify({
    type: 'record',
    name: 'lsst.v4_0.alert',
    fields: [
      { name: 'alertId', type: 'long' },
      {
        name: 'diaSource',
        type: { type: 'record', name: 'diaSource', fields: [{ name: 'midPointTai', type: 'double' }] },
      },
      { name: 'prvDiaSources', type: { type: 'array', items: 'long' } },
    ],
  }),
)

/** A file of small alerts at these seconds after the first. */
async function alertFile(folder: string, seconds: readonly number[]): Promise<string> {
  const writer = new ContainerWriter({ schema, codec: 'null', sync: Buffer.alloc(16, 7) })
  const parts = [writer.header()]
  for (const [index, second] of seconds.entries()) {
    const alert = {
      alertId: index,
      diaSource: { midPointTai: 59_000 + second / 86_400 },
      prvDiaSources: [1, 2],
    }
    parts.push(writer.add(schema.encode(alert)) ?? new Uint8Array(0))
  }
  parts.push(writer.flush() ?? new Uint8Array(0))
  const path = join(folder, 'alerts.avro')
  await writeFile(path, Buffer.concat(parts))
  return path
}

const cache = process.env['XDG_CACHE_HOME']
beforeAll(() => (process.env['XDG_CACHE_HOME'] = '/nonexistent'))
afterAll(() => (process.env['XDG_CACHE_HOME'] = cache))

const wanted = { topic: 'reservoir', schemaId: 0, replaces: false }
const quiet = { onLatePass: (): void => undefined, onSleep: (): void => undefined }

async function offsetsOf(replay: Replay): Promise<readonly (string | undefined)[]> {
  const [found = []] = await contentOf(replay, 'reservoir')
  return found.map(({ headers }) => {
    expect(headers.map(({ key }) => key)).toEqual(['alertsim-time-offset'])
    return Buffer.from(headers[0]?.value ?? []).toString()
  })
}

test('five alerts at 0, 0, 1, 2 and 2 s become five messages in order, each with its time', async () => {
  const { replay, folder } = await replayBench()
  const simulator = alertSimulator(replay)
  const file = await alertFile(folder, [0, 0, 1, 2, 2])
  expect(await simulator.createStream({ ...wanted, file })).toBe(5)
  expect(await offsetsOf(replay)).toEqual(['0.0', '0.0', '1.0', '2.0', '2.0'])
  const [found = []] = await contentOf(replay, 'reservoir')
  for (const [index, { key, value }] of found.entries()) {
    expect(key).toBeNull()
    expect(Buffer.from(value ?? []).subarray(0, 5)).toEqual(Buffer.alloc(5))
    expect(schema.decode(Buffer.from(value ?? []).subarray(5))).toMatchObject({ alertId: index })
  }
})

test('played, they arrive byte for byte in 2.0 s, without the header of the reservoir', async () => {
  const { replay, folder } = await replayBench()
  const simulator = alertSimulator(replay)
  await simulator.createStream({ ...wanted, file: await alertFile(folder, [0, 0, 1, 2, 2]) })
  const passes: number[] = []
  const count = await simulator.playStream({
    from: 'reservoir',
    to: 'live',
    partitions: 1,
    replaces: false,
    repeatSeconds: -1,
    signal: new AbortController().signal,
    onPass: ({ seconds }) => passes.push(seconds),
    ...quiet,
  })
  expect(count).toBe(5)
  const [sent = [], live = []] = [
    (await contentOf(replay, 'reservoir'))[0],
    (await contentOf(replay, 'live'))[0],
  ]
  expect(live.map(({ value }) => value)).toEqual(sent.map(({ value }) => value))
  expect(live.map(({ headers }) => headers)).toEqual([[], [], [], [], []])
  const [seconds = 0] = passes
  expect(seconds).toBeGreaterThanOrEqual(2)
  // Never early; how late is a matter of the machine and measured by bench/schedule.ts.
  const went = live.map(({ timestampMs }) => timestampMs - (live[0]?.timestampMs ?? 0))
  expect(went[2]).toBeGreaterThanOrEqual(999)
  expect(went[3]).toBeGreaterThanOrEqual(1_999)
})

test('repeated passes begin an interval apart, and say when the interval is too short', async () => {
  const { replay, folder } = await replayBench()
  const simulator = alertSimulator(replay)
  await simulator.createStream({ ...wanted, file: await alertFile(folder, [0, 0.1]) })
  const stop = new AbortController()
  const [slept, late]: [number[], number[]] = [[], []]
  const play = {
    from: 'reservoir',
    to: 'live',
    partitions: 1,
    replaces: true,
    signal: stop.signal,
    onSleep: (seconds: number) => slept.push(seconds),
    onLatePass: ({ seconds }: { seconds: number }) => late.push(seconds),
  }
  let passes = 0
  const count = await simulator.playStream({
    ...play,
    repeatSeconds: 1,
    onPass: () => (++passes === 4 ? stop.abort() : undefined),
  })
  expect(count).toBe(8)
  const [live = []] = await contentOf(replay, 'live')
  const begins = live.filter((_, index) => index % 2 === 0).map(({ timestampMs }) => timestampMs)
  begins
    .slice(1)
    .forEach((begin, index) =>
      expect(begin - (begins[0] ?? 0)).toBeGreaterThanOrEqual((index + 1) * 1_000 - 2),
    )
  expect(slept).toHaveLength(4)
  const again = new AbortController()
  await simulator.playStream({ ...play, signal: again.signal, repeatSeconds: 0, onPass: () => again.abort() })
  expect(late).toHaveLength(1)
})

test('a second creation is refused as the topic exists; with force it succeeds and the reservoir is kept for ever', async () => {
  const { replay, folder } = await replayBench()
  const simulator = alertSimulator(replay)
  const file = await alertFile(folder, [0, 1])
  await simulator.createStream({ ...wanted, file })
  await expect(simulator.createStream({ ...wanted, file })).rejects.toMatchObject({
    code: 'REPLAY_TOPIC_EXISTS',
    message: "REPLAY_TOPIC_EXISTS: Topic 'reservoir' already exists.",
  })
  expect(await simulator.createStream({ ...wanted, file, replaces: true })).toBe(2)
  const { configs } = await replay.bus.admin.describeTopic('reservoir')
  expect(configs).toMatchObject({ 'retention.ms': '-1', 'retention.bytes': '-1' })
})

test('alerts of any schema are printed as the peer prints them, with the size of their value', async () => {
  const { replay, folder } = await replayBench()
  const simulator = alertSimulator(replay)
  await simulator.createStream({ ...wanted, file: await alertFile(folder, [0, 1]), schemaId: 1 })
  const lines: string[] = []
  const stop = new AbortController()
  await simulator.printStream({
    topic: 'reservoir',
    schemaTexts: [schema.text],
    signal: stop.signal,
    onLine: (line) => (lines.push(line) === 2 ? stop.abort() : undefined),
  })
  expect(lines).toEqual([
    expect.stringMatching(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})? {2}id=0 {2}len\(history\)=2 {2}size=18$/,
    ),
    expect.stringContaining('  id=1  len(history)=2  size=18'),
  ])
})

test('a file without alerts, or none at all, is told from a delivery that failed', async () => {
  const { replay, folder } = await replayBench()
  const simulator = alertSimulator(replay)
  await expect(simulator.createStream({ ...wanted, file: join(folder, 'none.avro') })).rejects.toMatchObject({
    code: 'REPLAY_FILE_UNREADABLE',
  })
})

test('a made-up alert has the size that surveys plan with, and fits the schema it is written with', () => {
  const datums = [...alertsOf({ visits: 2, detectors: 1, alerts: 3 })]
  const alerts = datums.map(
    (datum) => alertSchema().decode(datum) as { alertId: bigint; diaSource: { midpointMjdTai: number } },
  )
  for (const datum of datums) expect(Math.abs(datum.length - 82_000)).toBeLessThan(1_000)
  expect(new Set(alerts.map(({ alertId }) => String(alertId))).size).toBe(6)
  const [first, , , next] = alerts.map(({ diaSource }) => diaSource.midpointMjdTai)
  expect(((next ?? 0) - (first ?? 0)) * 86_400).toBeCloseTo(37, 4)
})
