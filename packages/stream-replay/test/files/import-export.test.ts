import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createDocumentEncoder, documentToJson } from '@beamtime/event-model'
import { ContainerWriter, parseAvroSchema, readContainer } from '@beamtime/stream-formats/avro'
import { tempDir } from '@beamtime/service-kit/testing'
import { expect, onTestFinished, test } from 'vitest'
import { writeAlertFile } from '../../src/alerts/alert-samples.ts'
import { cutStream } from '../../src/files/cut-stream.ts'
import { catMessages, type CatFormat, exportMessages } from '../../src/files/export-files.ts'
import { type ImportFormat, importFormatOf } from '../../src/files/import-files.ts'
import { importRecording } from '../../src/files/import-recording.ts'
import { printLines } from '../../src/files/print-lines.ts'
import { recordingInfo } from '../../src/files/recording-info.ts'
import type { MessageChoice } from '../../src/files/stream-messages.ts'
import { openSource, type StreamSource } from '../../src/source/stream-source.ts'

function folder(): string {
  const directory = tempDir()
  onTestFinished(() => directory.close())
  return directory.path
}

async function source(path: string): Promise<StreamSource> {
  const opened = await openSource(path, { cluster: null })
  onTestFinished(() => opened.close())
  return opened
}

async function cat(path: string, format: CatFormat, choice: MessageChoice = {}): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of catMessages(await source(path), format, choice)) parts.push(part)
  return Buffer.concat(parts).toString(format === 'raw' ? 'latin1' : 'utf8')
}

async function imported(
  files: readonly string[],
  format: ImportFormat,
  timePath: string | null = null,
): Promise<string> {
  const here = folder()
  const directory = join(here, 'r.strec')
  try {
    await importRecording(files, { directory, topic: 'a' }, { format, timePath, schemaId: null })
  } catch (error) {
    // Nothing half-made is left.
    expect(await readdir(here)).toEqual([])
    throw error
  }
  return directory
}

/** Two partitions, null keys and values, headers that repeat, text and bytes, written as kcat writes. */
const kcatLines = [
  {
    topic: 'x',
    partition: 0,
    offset: 7,
    tstype: 'create',
    ts: 1_000,
    broker: -1,
    headers: ['h', '1', 'h', null],
    key: 'k',
    payload: 'eins',
  },
  {
    topic: 'x',
    partition: 1,
    offset: 0,
    tstype: 'create',
    ts: 1_500,
    broker: -1,
    key: null,
    payload: '{"n":1}',
  },
  { topic: 'x', partition: 0, offset: 9, tstype: 'create', ts: 2_000, broker: -1, key: '', payload: null },
]

async function kcatRecording(): Promise<string> {
  const file = join(folder(), 'm.jsonl')
  await writeFile(file, kcatLines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return await imported([file], 'jsonl')
}

test('lines of kcat become a recording and the same lines again, with offsets of their own', async () => {
  const recording = await kcatRecording()
  const lines = (await cat(recording, 'kcat'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines.map(({ offset, ...rest }) => ({ ...rest, topic: 'x', offset: typeof offset }))).toEqual(
    kcatLines.map((line) => ({ ...line, offset: 'number' })),
  )
})

test.each(['raw', 'jsonl'] as const)('exported as %s and imported again, nothing is lost', async (format) => {
  const recording = await kcatRecording()
  const file = join(folder(), `m.${format}`)
  expect(await exportMessages(await source(recording), { path: file, format })).toBe(3)
  const again = await imported([file], importFormatOf(file))
  expect(await cat(again, 'raw')).toBe(await cat(recording, 'raw'))
})

test('documents go to lines of JSON and back', async () => {
  const named = ['start', { uid: 'u-1', time: 1_700_000_000.5, plan_name: 'scan' }] as never
  const file = join(folder(), 'd.jsonl')
  await writeFile(file, `${documentToJson(named)}\n`)
  const recording = await imported([file], 'docs')
  expect(await cat(recording, 'doc')).toBe(`${documentToJson(named)}\n`)
  const info = await recordingInfo(recording)
  expect(info).toMatchObject({
    messages: 1,
    firstMs: 1_700_000_000_500,
    manifest: { topics: [{ format: 'document' }] },
  })
  const out = join(folder(), 'out.jsonl')
  await exportMessages(await source(recording), { path: out, format: 'docs' })
  expect(await readFile(out, 'utf8')).toBe(await readFile(file, 'utf8'))
})

test('a folder with a file for each message goes there and back', async () => {
  const here = folder()
  const encoder = createDocumentEncoder()
  await writeFile(
    join(here, '1.bin'),
    encoder.encode(['stop', { uid: 'u', time: 1, run_start: 'r', exit_status: 'success' } as never] as never),
  )
  await writeFile(join(here, '2.bin'), '{"n":2}')
  const recording = await imported([here], 'files')
  const out = join(folder(), 'out')
  expect(await exportMessages(await source(recording), { path: out, format: 'files' })).toBe(2)
  const names = await readdir(out)
  expect(names).toEqual(['a-0-000000000000.msgpack', 'a-0-000000000001.json'])
  expect(await readFile(join(out, names[1] ?? ''), 'utf8')).toBe('{"n":2}')
})

test('alerts of a container keep their bytes, have their own times, decode by themselves and go back to a container', async () => {
  const file = join(folder(), 's.avro')
  await writeAlertFile(file, { visits: 2, detectors: 1, alerts: 2 })
  const recording = await imported([file], 'avro')
  const info = await recordingInfo(recording)
  expect((info.lastMs ?? 0) - (info.firstMs ?? 0)).toBe(37_000)
  expect(info.manifest.topics[0]).toMatchObject({ format: 'confluent', schemas: { 704: { type: 'AVRO' } } })
  const out = join(folder(), 'o.avro')
  expect(await exportMessages(await source(recording), { path: out, format: 'avro' })).toBe(4)
  const digest = (container: Uint8Array): string[] =>
    readContainer(container).datums.map((datum) => createHash('sha256').update(datum).digest('hex'))
  expect(digest(await readFile(out))).toEqual(digest(await readFile(file)))
  expect(JSON.parse((await cat(recording, 'avro', { limit: 1 })).trim())).toMatchObject({
    alertId: '281323062375219200',
  })
})

test('the time of other Avro data is read where it is named', async () => {
  const schema = parseAvroSchema('{"type":"record","name":"r","fields":[{"name":"at","type":"long"}]}')
  const writer = new ContainerWriter({ schema, codec: 'null', sync: Buffer.alloc(16, 1) })
  writer.add(schema.encode({ at: 1_700_000_000 }))
  const file = join(folder(), 'x.avro')
  await writeFile(file, Buffer.concat([writer.header(), writer.flush() ?? new Uint8Array(0)]))
  expect((await recordingInfo(await imported([file], 'avro', 'at@s'))).firstMs).toBe(1_700_000_000_000)
  await expect(imported([file], 'avro', 'none@s')).rejects.toMatchObject({ code: 'REPLAY_FORMAT_UNKNOWN' })
})

test('a line is printed for each message: alerts as the simulator prints them, others with place, key and content', async () => {
  const lines: string[] = []
  for await (const line of printLines(await source(await kcatRecording()))) lines.push(line)
  expect(lines).toEqual([
    expect.stringMatching(/ {2}a\[0\]@0 {2}key=k {2}size=4 {2}"eins"$/),
    expect.stringMatching(/ {2}a\[1\]@0 {2}size=7 {2}\{"n":1\}$/),
    expect.stringMatching(/ {2}a\[0\]@1 {2}key= {2}size=0 {2}null$/),
  ])
})

test('what is cut is a recording of its own', async () => {
  const recording = await kcatRecording()
  const target = join(folder(), 'cut.strec')
  expect(await cutStream(await source(recording), target, { select: 'partition == 0' })).toBe(2)
  expect((await recordingInfo(target)).manifest.notes).toMatchObject({
    cutFrom: expect.any(String) as string,
  })
  expect((await cat(target, 'kcat')).trim().split('\n')).toHaveLength(2)
})

test.each([
  ['jsonl', '{"ts":1}\nnonsense\n', 'REPLAY_USAGE', ':2'],
  ['docs', '["start",{"uid":"u"}]\n', 'REPLAY_FORMAT_UNKNOWN', ':1'],
  ['raw', 'short', 'REPLAY_FORMAT_UNKNOWN', ''],
  ['avro', 'Obj\x01 no container', 'STREAM_MESSAGE_MALFORMED', ''],
] as const)('a file that is no %s is refused with its place', async (format, text, code, place) => {
  const file = join(folder(), 'f')
  await writeFile(file, text, 'latin1')
  await expect(imported([file], format)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(place) as string,
  })
  await expect(imported([join(file, 'none')], format)).rejects.toMatchObject({
    code: 'REPLAY_FILE_UNREADABLE',
  })
})

test('a format is told by the ending of the file', () => {
  expect(['a.avro', 'b.ndjson', 'c.raw'].map(importFormatOf)).toEqual(['avro', 'jsonl', 'raw'])
  expect(() => importFormatOf('x.dat')).toThrow('cannot be told')
})
