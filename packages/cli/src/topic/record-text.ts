import type { BusRecord } from '@beamtime/bus'
import { decodeDocument, documentToJson } from '@beamtime/event-model'

export const recordFormats = ['auto', 'bluesky', 'json', 'text', 'hex'] as const
export type RecordFormat = (typeof recordFormats)[number]

/** What a record holds, in the first notation that reads it. */
export type RecordContent =
  | { readonly kind: 'bluesky'; readonly name: string; readonly doc: unknown }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'hex'; readonly hex: string }
  | { readonly kind: 'empty' }

export function recordContent(value: Uint8Array | null, format: RecordFormat): RecordContent {
  if (value === null) return { kind: 'empty' }
  for (const reader of format === 'auto' ? autoReaders : [readers[format]]) {
    const content = reader(value)
    if (content !== null) return content
  }
  return readHex(value)
}

type Reader = (value: Uint8Array) => RecordContent | null

const readBluesky: Reader = (value) => {
  try {
    const document = decodeDocument(value)
    const { name, doc } = JSON.parse(documentToJson(document)) as { name: string; doc: unknown }
    return { kind: 'bluesky', name, doc }
  } catch {
    return null // another notation
  }
}

const readJson: Reader = (value) => {
  const text = utf8(value)
  if (text === null || !/^\s*[[{"\d\-tfn]/.test(text)) return null
  try {
    return { kind: 'json', value: JSON.parse(text) as unknown }
  } catch {
    return null // another notation
  }
}

const readText: Reader = (value) => {
  const text = utf8(value)
  // Control characters other than tab and line ends: not meant to be read.
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  return text === null || /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text)
    ? null
    : { kind: 'text', text }
}

const readHex = (value: Uint8Array): RecordContent => ({
  kind: 'hex',
  hex: Buffer.from(value).toString('hex'),
})

const readers: Readonly<Record<Exclude<RecordFormat, 'auto'>, Reader>> = {
  bluesky: readBluesky,
  json: readJson,
  text: readText,
  hex: readHex,
}
const autoReaders: readonly Reader[] = [readBluesky, readJson, readText]

function utf8(value: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(value)
  } catch {
    return null // not text
  }
}

/** The record as an object for --json. */
export function recordJson(record: BusRecord, format: RecordFormat): Record<string, unknown> {
  const content = recordContent(record.value, format)
  const { kind, ...held } = content
  return {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset.toString(),
    timestamp: new Date(record.timestampMs).toISOString(),
    key: keyText(record.key),
    ...(record.headers.length === 0
      ? {}
      : { headers: Object.fromEntries(record.headers.map((header) => [header.key, keyText(header.value)])) }),
    format: kind,
    ...held,
  }
}

/** One line for a person, cut at `width` characters. */
export function recordLine(record: BusRecord, format: RecordFormat, width: number): string {
  const place = `${record.partition}:${record.offset}`
  const time = new Date(record.timestampMs).toISOString().slice(0, 23).replace('T', ' ')
  const key = record.key === null ? '' : `${keyText(record.key)}  `
  const line = `${place.padEnd(8)} ${time}  ${key}${contentText(recordContent(record.value, format))}`
  return line.length > width ? `${line.slice(0, width - 1)}…` : line
}

function contentText(content: RecordContent): string {
  switch (content.kind) {
    case 'bluesky':
      return `${content.name.padEnd(10)} ${JSON.stringify(content.doc)}`
    case 'json':
      return JSON.stringify(content.value)
    case 'text':
      return content.text.replaceAll('\n', '⏎')
    case 'hex':
      return content.hex
    case 'empty':
      return '(no value)'
  }
}

function keyText(key: Uint8Array | null): string | null {
  if (key === null) return null
  return utf8(key) ?? Buffer.from(key).toString('hex')
}
