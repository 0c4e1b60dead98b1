import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { composeRun, createDocumentEncoder, decodeDocument } from '@beamtime/event-model'
import { decodeMessage } from '@beamtime/stream-formats'
import { frameDatum } from '@beamtime/stream-formats/avro'
import { expect, test } from 'vitest'
import { alertsOf } from '../src/alerts/alert-samples.ts'
import { alertSchema, alertSchemaText } from '../src/alerts/alert-schema.ts'
import type { Replay } from '../src/open-replay.ts'
import type { PlayOptions } from '../src/play/play-options.ts'
import { RecordingWriter } from '../src/recording/recording-writer.ts'
import { batchesOf } from '../src/batch/batch-header.ts'
import { encodeBatch, type OutgoingRecord, type StreamRecord } from '../src/batch/batch-records.ts'
import { contentOf, record, replayBench } from './replay-bench.ts'

/* Acceptance test 6: with --shift now every time within a message is that of its sending, at most 5 ms apart. The moment of
 * sending is taken from the topic, which stamps what it appends. Only being late could pull them apart, and how late a play
 * is depends on the machine: the time that the record itself carries is exact, the one of the topic only bounds it. */
const vectors = join(import.meta.dirname, '../../stream-formats/test/vectors')
const vector = (name: string): Uint8Array => new Uint8Array(readFileSync(join(vectors, `${name}.bin`)))

async function recording(folder: string, records: readonly OutgoingRecord[]): Promise<string> {
  const directory = join(folder, 'made.strec')
  const writer = await RecordingWriter.create({ directory, clusterId: null })
  await writer.addTopic({
    name: 'a',
    topicId: '',
    partitions: 1,
    config: {},
    schemas: { 704: { type: 'AVRO', schema: alertSchemaText } },
  })
  const bytes = encodeBatch(records, 0)
  await writer.append({ topic: 'a', partition: 0 }, [...batchesOf(bytes)])
  await writer.close()
  return directory
}

async function played(replay: Replay, path: string, options: Partial<PlayOptions>): Promise<StreamRecord[]> {
  const source = await replay.source(path)
  const player = replay.player(source, {
    source: path,
    topicMap: { a: 'b' },
    create: true,
    force: true,
    ...options,
  })
  await player.run()
  await source.close()
  return (await contentOf(replay, 'b'))[0] ?? []
}

/** Recorded at 1 700 000 000 s, as the vectors were; the alert has a time of its own. */
const recordedMs = 1_700_000_000_000
const embedded: Readonly<Record<string, (value: Uint8Array) => number>> = {
  ev44: (value) =>
    Number((decodeMessage(value).value as { reference_time: BigInt64Array }).reference_time[0]) / 1e6,
  'f144-double': (value) => Number((decodeMessage(value).value as { timestamp: bigint }).timestamp) / 1e6,
  pl72: (value) => Number((decodeMessage(value).value as { start_time: bigint }).start_time),
}

test('times within FlatBuffers, documents and alerts become those of sending', async () => {
  const { replay, folder } = await replayBench()
  const [alert = new Uint8Array(0)] = alertsOf({ visits: 1, detectors: 1, alerts: 1 })
  const document = createDocumentEncoder().encode([
    'start',
    { uid: 'u', time: recordedMs / 1_000 } as never,
  ] as never)
  const values = [...Object.keys(embedded).map(vector), document, frameDatum(704, alert)]
  const path = await recording(
    folder,
    values.map((value, index) => record({ timestampMs: recordedMs + index * 50, value })),
  )
  const before = Date.now()
  const found = await played(replay, path, { shift: 'now' })
  const after = Date.now()
  const deltas = found.map(({ timestampMs }, index) => timestampMs - (recordedMs + index * 50))
  for (const [index, { value, timestampMs }] of found.entries()) {
    expect(value?.length).toBe(values[index]?.length)
    // Between the beginning of the play and its end, in the order of the recording.
    expect(timestampMs).toBeGreaterThanOrEqual(before - 5)
    expect(timestampMs).toBeLessThanOrEqual(after + 5)
  }
  Object.keys(embedded).forEach((name, index) => {
    const time = embedded[name]?.(found[index]?.value ?? new Uint8Array(0)) ?? 0
    const was = embedded[name]?.(values[index] ?? new Uint8Array(0)) ?? 0
    expect(Math.abs(time - was - (deltas[index] ?? 0))).toBeLessThan(5)
  })
  const { time } = decodeDocument(found[3]?.value ?? new Uint8Array(0))[1] as { time: number }
  expect(Math.abs(time * 1_000 - recordedMs - (deltas[3] ?? 0))).toBeLessThan(5)
  const mjd = (value: Uint8Array): number =>
    (alertSchema().decode(value.subarray(5)) as { diaSource: { midpointMjdTai: number } }).diaSource
      .midpointMjdTai
  const moved = (mjd(found[4]?.value ?? new Uint8Array(0)) - mjd(values[4] ?? new Uint8Array(0))) * 86_400_000
  expect(Math.abs(moved - (deltas[4] ?? 0))).toBeLessThan(5)
})

test('a run that is looped comes as a run of its own each time, whole and without a clash', async () => {
  const { replay, folder } = await replayBench()
  const run = composeRun({ metadata: { scan_id: 3 } })
  const primary = run.composeDescriptor({
    name: 'primary',
    data_keys: { x: { dtype: 'number', shape: [], source: 's' } as const },
  })
  const event = primary.composeEvent({ data: { x: 1 }, timestamps: { x: 1_700_000_000 as never } })
  const named = [
    ['start', run.startDoc],
    ['descriptor', primary.descriptorDoc],
    ['event', event],
    ['stop', run.composeStop({})],
  ]
  const encoder = createDocumentEncoder()
  const path = await recording(
    folder,
    named.map((one) => record({ timestampMs: recordedMs, value: encoder.encode(one as never) })),
  )
  const found = await played(replay, path, {
    shift: 'now',
    renumber: ['docs'],
    loop: 3,
    pace: { kind: 'asap' },
  })
  const documents = found.map(({ value }) => decodeDocument(value ?? new Uint8Array(0)))
  expect(documents.map(([name]) => name)).toEqual([...named, ...named, ...named].map(([name]) => name))
  const uids = documents.map(([, doc]) => (doc as { uid: string }).uid)
  expect(new Set(uids).size).toBe(12)
  const scanIds = documents.flatMap(([name, doc]) =>
    name === 'start' ? [(doc as { scan_id: number }).scan_id] : [],
  )
  expect(scanIds).toEqual([3, 4, 5])
})
