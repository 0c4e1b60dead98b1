import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { once } from 'node:events'
import { ContainerWriter, isFramed, unframeDatum } from '@beamtime/stream-formats/avro'
import { ReplayError } from '../error.ts'
import type { StreamSource } from '../source/stream-source.ts'
import { endingOf } from './import-files.ts'
import { contentJson, jsonLine, kcatLine, messageContent } from './message-json.ts'
import { encodeRaw } from './raw-format.ts'
import { type MessageChoice, SchemaShelf, type StreamMessage, streamMessages } from './stream-messages.ts'

export const catFormats = ['json', 'kcat', 'raw', 'avro', 'doc'] as const
export type CatFormat = (typeof catFormats)[number]

export const exportFormats = ['avro', 'jsonl', 'docs', 'files', 'raw'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** Messages as lines (or raw bytes), in the form asked for. Messages that have no such form are left out. */
export async function* catMessages(
  source: StreamSource,
  format: CatFormat,
  choice: MessageChoice = {},
): AsyncGenerator<Uint8Array> {
  const shelf = new SchemaShelf(source)
  for await (const message of streamMessages(source, choice)) {
    await shelf.load(message.value)
    const text = catText(message, format, shelf)
    if (text !== null) yield typeof text === 'string' ? Buffer.from(`${text}\n`) : text
  }
}

function catText(message: StreamMessage, format: CatFormat, shelf: SchemaShelf): string | Uint8Array | null {
  switch (format) {
    case 'json':
      return jsonLine(message, shelf.get)
    case 'kcat':
      return kcatLine(message)
    case 'raw':
      return encodeRaw(message)
    case 'avro': {
      const content = messageContent(message.value, shelf.get)
      return content.kind === 'avro' ? contentJson(content) : null
    }
    case 'doc':
      return documentLine(message)
  }
}

function documentLine({ value }: StreamMessage): string | null {
  const content = messageContent(value, () => null)
  if (content.kind === 'document') return content.json
  return null
}

/** Writes chosen messages to a file (or, for `files`, a folder). Resolves with their number. */
export async function exportMessages(
  source: StreamSource,
  to: { readonly path: string; readonly format: ExportFormat },
  choice: MessageChoice = {},
): Promise<number> {
  switch (to.format) {
    case 'jsonl':
      return await writeParts(to.path, catMessages(source, 'kcat', choice))
    case 'raw':
      return await writeParts(to.path, catMessages(source, 'raw', choice))
    case 'docs':
      return await writeParts(to.path, catMessages(source, 'doc', choice))
    case 'avro':
      return await exportContainer(source, to.path, choice)
    case 'files':
      return await exportFiles(source, to.path, choice)
  }
}

async function writeParts(path: string, parts: AsyncIterable<Uint8Array>): Promise<number> {
  const out = createWriteStream(path)
  const failed = once(out, 'error').then(([error]) => {
    throw error as Error
  })
  failed.catch(() => undefined) // seen below
  let count = 0
  for await (const part of parts) {
    if (!out.write(part)) await Promise.race([once(out, 'drain'), failed])
    count++
  }
  out.end()
  await Promise.race([once(out, 'close'), failed])
  return count
}

async function* containerParts(
  source: StreamSource,
  choice: MessageChoice,
  onDatum: () => void,
): AsyncGenerator<Uint8Array> {
  const shelf = new SchemaShelf(source)
  let writer: ContainerWriter | null = null
  let writtenId: number | null = null
  for await (const { value, topic, partition, offset } of streamMessages(source, choice)) {
    if (value === null || !isFramed(value)) continue
    const { schemaId, datum } = unframeDatum(value)
    await shelf.load(value)
    const schema = shelf.get(schemaId)
    if (schema === null || (writtenId !== null && writtenId !== schemaId))
      throw new ReplayError({
        code: 'REPLAY_FORMAT_UNKNOWN',
        message: `${topic}/${partition} offset ${offset}: ${schema === null ? `nobody knows schema ${schemaId}` : 'another schema than the messages before'}`,
        remedy: 'Give --registry, or choose messages of one schema with --select.',
      })
    writtenId = schemaId
    if (writer === null) {
      writer = new ContainerWriter({ schema, codec: 'snappy', sync: randomBytes(16) })
      yield writer.header()
    }
    onDatum()
    const block = writer.add(datum)
    if (block !== null) yield block
  }
  const block = writer?.flush() ?? null
  if (block !== null) yield block
}

async function exportContainer(source: StreamSource, path: string, choice: MessageChoice): Promise<number> {
  let count = 0
  await writeParts(
    path,
    containerParts(source, choice, () => count++),
  )
  return count
}

async function exportFiles(source: StreamSource, path: string, choice: MessageChoice): Promise<number> {
  await mkdir(path, { recursive: true })
  let count = 0
  for await (const { value, topic, partition, offset } of streamMessages(source, choice)) {
    if (value === null) continue
    const name = `${topic}-${partition}-${String(offset).padStart(12, '0')}.${endingOf(value)}`
    await writeFile(join(path, name), value)
    count++
  }
  return count
}
