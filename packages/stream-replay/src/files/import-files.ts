import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { createDocumentEncoder, documentFromJson } from '@beamtime/event-model'
import {
  type AvroSchema,
  ContainerReader,
  detectFormat,
  fieldEditor,
  type FieldEditor,
  frameDatum,
} from '@beamtime/stream-formats/avro'
import { alertTimePath } from '../alerts/alert-fields.ts'
import type { OutgoingRecord } from '../batch/batch-records.ts'
import { ReplayError, usage } from '../error.ts'
import { timePath, type TimeUnit } from '../rules/time-unit.ts'
import { parseMessageLine } from './message-json.ts'
import { RawReader } from './raw-format.ts'

export const importFormats = ['avro', 'jsonl', 'docs', 'files', 'raw'] as const
export type ImportFormat = (typeof importFormats)[number]

export interface ImportOptions {
  readonly format: ImportFormat
  /** Field of the time of an Avro datum, with its unit; default that of known alerts. */
  readonly timePath: string | null
  /** Written before Avro datums; default the one that the schema's namespace tells (lsst.v7_4: 704), else 1. */
  readonly schemaId: number | null
  /** Told once, when the first Avro datum is read. */
  onSchema?(schema: { readonly id: number; readonly text: string }): void
}

export type ImportedMessage = OutgoingRecord & { readonly partition: number }

/** The messages of files, in order. */
export async function* importedMessages(
  paths: readonly string[],
  options: ImportOptions,
): AsyncGenerator<ImportedMessage> {
  for (const path of paths) {
    try {
      yield* messagesOf(path, options)
    } catch (cause) {
      const code = (cause as { code?: unknown }).code
      if (typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) throw cause
      throw new ReplayError({
        code: 'REPLAY_FILE_UNREADABLE',
        message: `${path} cannot be read (${code})`,
        remedy: 'Name files that this user can read.',
        cause,
      })
    }
  }
}

function messagesOf(path: string, options: ImportOptions): AsyncGenerator<ImportedMessage> {
  switch (options.format) {
    case 'avro':
      return avroMessages(path, options)
    case 'jsonl':
      return lineMessages(path)
    case 'docs':
      return documentMessages(path)
    case 'files':
      return fileMessages(path)
    case 'raw':
      return rawMessages(path)
  }
}

/** Guesses the format of a file by its name. */
export function importFormatOf(path: string): ImportFormat {
  if (path.endsWith('.avro')) return 'avro'
  if (/\.(jsonl|ndjson|json)$/.test(path)) return 'jsonl'
  if (path.endsWith('.raw')) return 'raw'
  throw usage(
    `the format of ${path} cannot be told`,
    `Give --format with one of ${importFormats.join(', ')}.`,
  )
}

async function* avroMessages(path: string, options: ImportOptions): AsyncGenerator<ImportedMessage> {
  const reader = new ContainerReader()
  let prepared: { readonly id: number; readonly times: FieldEditor | null; readonly unit: TimeUnit } | null =
    null
  for await (const chunk of createReadStream(path, { highWaterMark: 4_194_304 })) {
    for (const datum of reader.push(chunk as Uint8Array)) {
      if (prepared === null) {
        const { header } = reader
        if (header === null) return
        prepared = prepare(header.schema, options)
        options.onSchema?.({ id: prepared.id, text: header.schema.text })
      }
      const timestampMs = timeOf(datum, prepared) ?? Date.now()
      yield { partition: 0, timestampMs, key: null, value: frameDatum(prepared.id, datum), headers: [] }
    }
  }
  reader.end()
}

function prepare(
  schema: AvroSchema,
  options: ImportOptions,
): { readonly id: number; readonly times: FieldEditor | null; readonly unit: TimeUnit } {
  const wanted = options.timePath === null ? null : timePath(options.timePath)
  const path = alertTimePath(schema, wanted?.path ?? null)
  if (path === null && wanted !== null)
    throw new ReplayError({
      code: 'REPLAY_FORMAT_UNKNOWN',
      message: `the schema has no ${wanted.path}`,
      remedy: 'Name the field of the time with --time-path.',
    })
  const version = /"lsst\.v(\d+)_(\d+)/.exec(schema.text)
  const ownId = version === null ? 1 : Number(version[1]) * 100 + Number(version[2])
  return {
    id: options.schemaId ?? ownId,
    times: path === null ? null : fieldEditor(schema, [path]),
    unit: wanted?.unit ?? (path?.endsWith('.jd') === true ? 'jd' : 'mjd'),
  }
}

/** Days between 1970-01-01 and the epochs of MJD and JD. TAI is taken as it is: it runs 37 s ahead of UTC. */
const epochDays: Readonly<Record<string, number>> = { mjd: 40_587, jd: 2_440_587.5 }
const unitMs: Readonly<Record<TimeUnit, number>> = {
  mjd: 86_400_000,
  jd: 86_400_000,
  s: 1_000,
  ms: 1,
  us: 1e-3,
  ns: 1e-6,
}

function timeOf(
  datum: Uint8Array,
  { times, unit }: { readonly times: FieldEditor | null; readonly unit: TimeUnit },
): number | null {
  let found: number | null = null
  times?.read(
    datum,
    (_, value) => (found ??= Math.round((Number(value) - (epochDays[unit] ?? 0)) * unitMs[unit])),
  )
  return found
}

async function* linesOf(path: string): AsyncGenerator<{ readonly text: string; readonly number: number }> {
  let number = 0
  const input = createReadStream(path)
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    number++
    if (text.trim() !== '') yield { text, number }
  }
}

async function* lineMessages(path: string): AsyncGenerator<ImportedMessage> {
  for await (const { text, number } of linesOf(path)) yield parseMessageLine(text, `${path}:${number}`)
}

async function* documentMessages(path: string): AsyncGenerator<ImportedMessage> {
  const encoder = createDocumentEncoder()
  for await (const { text, number } of linesOf(path)) {
    try {
      const named = documentFromJson(text)
      const time = (named[1] as { readonly time?: unknown }).time
      const timestampMs = typeof time === 'number' ? Math.round(time * 1_000) : Date.now()
      yield {
        partition: 0,
        timestampMs,
        key: Buffer.from(named[0]),
        value: encoder.encode(named),
        headers: [],
      }
    } catch (cause) {
      throw new ReplayError({
        code: 'REPLAY_FORMAT_UNKNOWN',
        message: `${path}:${number} is no document: ${cause instanceof Error ? cause.message : String(cause)}`,
        remedy: 'Give one ["name", document] pair on each line.',
        cause,
      })
    }
  }
}

/** A folder with one message in each file, in the order of their names; the file's time is the message's. */
async function* fileMessages(path: string): AsyncGenerator<ImportedMessage> {
  const isFolder = (await stat(path)).isDirectory()
  const names = isFolder ? (await readdir(path)).toSorted().map((name) => join(path, name)) : [path]
  for (const name of names) {
    const { mtimeMs } = await stat(name)
    yield {
      partition: 0,
      timestampMs: Math.round(mtimeMs),
      key: Buffer.from(basename(name)),
      value: await readFile(name),
      headers: [],
    }
  }
}

async function* rawMessages(path: string): AsyncGenerator<ImportedMessage> {
  const reader = new RawReader()
  for await (const chunk of createReadStream(path)) yield* reader.push(chunk as Uint8Array)
  reader.end()
}

/** File ending that fits what a message holds. */
export function endingOf(value: Uint8Array): string {
  const format = detectFormat(value)
  switch (format.kind) {
    case 'container':
      return 'avro'
    case 'json':
      return 'json'
    case 'document':
      return 'msgpack'
    case 'flatbuffer':
      return format.id
    case 'confluent':
    case 'opaque':
      return 'bin'
  }
}
