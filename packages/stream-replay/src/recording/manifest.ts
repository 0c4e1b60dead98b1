import { atomicWriteJson } from '@beamtime/service-kit'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ReplayError } from '../error.ts'

/* manifest.json of a recording: what was recorded, from where, how much.
 * Replaced as a whole (write, fsync, rename, fsync of the folder), so that it is never half a file. */

export const recordingFormat = 'strec/1'

export interface RecordedPartition {
  readonly partition: number
  /** First and last offset that belong to the recording; -1 while there is none. Batches at the edges may hold more. */
  first: number
  last: number
  /** Messages between first and last. */
  count: number
  /** Bytes of log. */
  bytes: number
  firstTs: number | null
  lastTs: number | null
}

export interface RecordedSchema {
  readonly type: string
  readonly schema: string
}

export interface RecordedTopic {
  readonly name: string
  readonly topicId: string
  readonly partitions: RecordedPartition[]
  readonly config: Readonly<Record<string, string>>
  /** What the first messages look like: `confluent`, `flatbuffer:ev44`, `document`, `json`, `container`, `opaque`, or '' without messages. */
  format: string
  /** Schemas of the ids that the messages carry. */
  readonly schemas: Record<string, RecordedSchema>
}

export interface RecordingManifest {
  readonly format: typeof recordingFormat
  /** uuid */
  readonly id: string
  /** ISO 8601 */
  readonly created: string
  readonly host: string
  readonly toolVersion: string
  readonly clusterId: string | null
  readonly topics: RecordedTopic[]
  /** False while recording, and after a crash: then counts are taken from the logs. */
  closed: boolean
  readonly notes: Record<string, unknown>
}

export async function writeManifest(directory: string, manifest: RecordingManifest): Promise<void> {
  await atomicWriteJson(join(directory, 'manifest.json'), manifest)
}

/** Rejects with REPLAY_RECORDING_UNKNOWN. */
export async function readManifest(directory: string): Promise<RecordingManifest> {
  const path = join(directory, 'manifest.json')
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ReplayError({
      code: 'REPLAY_RECORDING_UNKNOWN',
      message: `${directory} is no recording`,
      remedy: 'Name a folder that ends in .strec; `ls` of recordings/ in the data directory shows them.',
      cause,
    })
  })
  return parseManifest(text, directory)
}

export function parseManifest(text: string, where: string): RecordingManifest {
  const parsed = parsedJson(text)
  if (isManifest(parsed)) return parsed
  throw new ReplayError({
    code: 'REPLAY_RECORDING_DAMAGED',
    message: `the manifest of ${where} is not one of ${recordingFormat}`,
    remedy:
      'Restore manifest.json from a copy; the logs beside it are Kafka segments and can be read by themselves.',
  })
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isManifest(value: unknown): value is RecordingManifest {
  return (
    isObject(value) &&
    value['format'] === recordingFormat &&
    typeof value['id'] === 'string' &&
    typeof value['created'] === 'string' &&
    typeof value['closed'] === 'boolean' &&
    isObject(value['notes']) &&
    Array.isArray(value['topics']) &&
    value['topics'].every(isTopic)
  )
}

function isTopic(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value['name'] === 'string' &&
    isObject(value['config']) &&
    isObject(value['schemas']) &&
    Array.isArray(value['partitions']) &&
    value['partitions'].every(
      (one) =>
        isObject(one) &&
        ['partition', 'first', 'last', 'count', 'bytes'].every((key) => Number.isSafeInteger(one[key])),
    )
  )
}

/** A topic name as a folder name: Kafka allows a leading dot, which would hide the folder. */
export function topicFolder(name: string): string {
  return name.startsWith('.') ? `%2E${name.slice(1)}` : name
}

export function segmentName(baseOffset: number): string {
  return String(baseOffset).padStart(20, '0')
}
