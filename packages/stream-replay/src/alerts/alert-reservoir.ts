import { createReadStream } from 'node:fs'
import type { BusAdmin } from '@beamtime/bus'
import { ContainerReader, fieldEditor, type FieldEditor, frameDatum } from '@beamtime/stream-formats/avro'
import { encodeBatch, type OutgoingRecord } from '../batch/batch-records.ts'
import { ReplayError } from '../error.ts'
import { BatchWriter } from '../wire/batch-writer.ts'
import type { Cluster } from '../wire/cluster.ts'
import { alertTimePath } from './alert-fields.ts'
import { pause } from '../wire/pause.ts'
import { pythonFloat } from './python-text.ts'

/** Header of a reservoir: seconds after the first alert of the file, as Python prints a float. */
export const timeOffsetHeader = 'alertsim-time-offset'

export interface ReservoirOptions {
  readonly file: string
  readonly topic: string
  /** Id in the five bytes before each alert. Default 0, which is what Rubin's deserialize_alert asks for. */
  readonly schemaId: number
  /** Deletes a topic of that name first. */
  readonly replaces: boolean
  /** Field that holds the time, in days. Default: that of the known alert schemas. */
  readonly timePath: string | null
  /** Told the writer's schema as soon as it is known. */
  readonly onSchema?: (text: string) => void | Promise<void>
}

const batchBytes = 900_000
/** Ten tries take 50 s together. */
const deletionChecks = 10
const firstDeletionPauseMs = 50
const microsPerDay = 86_400_000_000

/**
 * Preloads a topic from an Avro container file: each alert as it is, framed, with its time in a header. Resolves with the
 * number of alerts when all are acknowledged. The topic keeps everything for ever. Rejects with REPLAY_TOPIC_EXISTS.
 */
export async function fillReservoir(
  access: { readonly cluster: Cluster; readonly admin: BusAdmin },
  options: ReservoirOptions,
): Promise<number> {
  await createTopic(access, options.topic, {
    partitions: 1,
    replaces: options.replaces,
    configs: { 'retention.ms': '-1', 'retention.bytes': '-1' },
  })
  const writer = new BatchWriter(access.cluster, { acks: -1 })
  await writer.open()
  let acked = 0
  let sent = 0
  let pending: OutgoingRecord[] = []
  let pendingBytes = 0
  const send = async (): Promise<void> => {
    if (pending.length === 0) return
    const count = pending.length
    writer.write({
      topic: options.topic,
      partition: 0,
      bytes: encodeBatch(pending, 0),
      count,
      onAcked: () => (acked += count),
    })
    pending = []
    pendingBytes = 0
    await writer.room()
  }
  try {
    for await (const { value, offsetSeconds } of alertsOfFile(options)) {
      const headers = [{ key: timeOffsetHeader, value: Buffer.from(pythonFloat(offsetSeconds)) }]
      if (pendingBytes + value.length > batchBytes) await send()
      pending.push({ key: null, value, timestampMs: Date.now(), headers })
      pendingBytes += value.length
      sent++
    }
    await send()
    await writer.flush()
  } finally {
    writer.close()
  }
  if (acked === sent) return acked
  throw new ReplayError({
    code: 'REPLAY_INCOMPLETE',
    message: `${sent - acked} of ${sent} alerts were not acknowledged`,
    remedy: 'Create the stream again with --force.',
  })
}

/** Creates a topic as the alert simulator does: with `replaces` a topic of that name is deleted first. */
export async function createTopic(
  { admin }: { readonly admin: BusAdmin },
  name: string,
  topic: {
    readonly partitions: number
    readonly replaces: boolean
    readonly configs: Readonly<Record<string, string>>
  },
): Promise<void> {
  const { partitions, configs, replaces } = topic
  try {
    await admin.createTopic({ name, partitions, configs })
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'BUS_TOPIC_EXISTS') throw cause
    if (!replaces)
      throw new ReplayError({
        code: 'REPLAY_TOPIC_EXISTS',
        message: `Topic '${name}' already exists.`,
        remedy: 'Give --force to overwrite it.',
        cause,
      })
    await admin.deleteTopics([name])
    await createWhenGone(admin, { name, partitions, configs })
  }
}

/** A cluster says that a topic is deleted before its name is free. */
async function createWhenGone(admin: BusAdmin, topic: Parameters<BusAdmin['createTopic']>[0]): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await admin.createTopic(topic)
    } catch (error) {
      if (attempt >= deletionChecks || (error as { code?: unknown }).code !== 'BUS_TOPIC_EXISTS') throw error
    }
    await pause(firstDeletionPauseMs * 2 ** attempt)
    await admin.deleteTopics([topic.name]).catch((error: unknown) => {
      if ((error as { code?: unknown }).code !== 'BUS_TOPIC_UNKNOWN') throw error
    })
  }
}

interface FileAlert {
  readonly value: Uint8Array
  readonly offsetSeconds: number
}

async function* alertsOfFile(options: ReservoirOptions): AsyncGenerator<FileAlert> {
  const { file, schemaId, timePath, onSchema } = options
  const reader = new ContainerReader()
  let times: FieldEditor | null = null
  let firstMicros: number | null = null
  for await (const chunk of fileChunks(file)) {
    for (const datum of reader.push(chunk)) {
      if (times === null) {
        const { header } = reader
        if (header === null) break
        await onSchema?.(header.schema.text)
        const path = alertTimePath(header.schema, timePath)
        if (path === null) throw noTime(file, timePath)
        times = fieldEditor(header.schema, [path])
      }
      const micros = microsOf(datum, times)
      if (micros === null) throw noTime(file, timePath)
      firstMicros ??= micros
      yield { value: frameDatum(schemaId, datum), offsetSeconds: (micros - firstMicros) / 1e6 }
    }
  }
  reader.end()
}

function microsOf(datum: Uint8Array, times: FieldEditor): number | null {
  let micros: number | null = null
  times.read(datum, (_, value) => (micros ??= Math.round(Number(value) * microsPerDay)))
  return micros
}

async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 4_194_304 })) yield chunk as Uint8Array
  } catch (cause) {
    const code = (cause as { code?: unknown }).code
    if (typeof code === 'string' && /^E[A-Z]+$/.test(code))
      throw new ReplayError({
        code: 'REPLAY_FILE_UNREADABLE',
        message: `${path} cannot be read (${code})`,
        remedy: 'Name an Avro container file; `beamtime stream sample` makes one.',
        cause,
      })
    throw cause
  }
}

function noTime(file: string, wanted: string | null): ReplayError {
  return new ReplayError({
    code: 'REPLAY_FORMAT_UNKNOWN',
    message: `the alerts of ${file} have no time${wanted === null ? '' : ` at ${wanted}`}`,
    remedy: 'Name the field of the time, in days, with --time-path.',
  })
}
