import { createTopic, timeOffsetHeader } from '../alerts/alert-reservoir.ts'
import { rememberSchema } from '../alerts/schema-memory.ts'
import { pythonFloat } from '../alerts/python-text.ts'
import { encodeBatch, type OutgoingRecord } from '../batch/batch-records.ts'
import { ReplayError } from '../error.ts'
import type { Replay } from '../open-replay.ts'
import { BatchWriter } from '../wire/batch-writer.ts'
import { importedMessages, type ImportOptions } from './import-files.ts'

const batchBytes = 900_000

export interface PreloadOptions extends Omit<ImportOptions, 'onSchema'> {
  readonly files: readonly string[]
  readonly topic: string
  /** Deletes a topic of that name first. */
  readonly replaces: boolean
}

/**
 * Writes the messages of files to a new topic of one partition that keeps them for ever, each with its own time and, as the
 * alert simulator has it, the seconds after the first in a header. Resolves with their number when all are acknowledged.
 */
export async function preloadTopic(replay: Replay, options: PreloadOptions): Promise<number> {
  const { topic, replaces } = options
  const configs = { 'retention.ms': '-1', 'retention.bytes': '-1' }
  await createTopic({ admin: replay.bus.admin }, topic, { partitions: 1, replaces, configs })
  const writer = new BatchWriter(replay.cluster, { acks: -1 })
  await writer.open()
  let pending: OutgoingRecord[] = []
  let pendingBytes = 0
  let [sent, acked] = [0, 0]
  let firstMs: number | null = null
  const send = async (): Promise<void> => {
    const count = pending.length
    if (count === 0) return
    writer.write({
      topic,
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
    const onSchema = ({ text }: { readonly text: string }): void =>
      void rememberSchema(replay.cluster.bootstrapServers, topic, text)
    for await (const message of importedMessages(options.files, { ...options, onSchema })) {
      firstMs ??= message.timestampMs
      const offset = pythonFloat((message.timestampMs - firstMs) / 1_000)
      const size = (message.value?.length ?? 0) + (message.key?.length ?? 0) + 64
      if (pendingBytes + size > batchBytes) await send()
      const kept = message.headers.filter(({ key }) => key !== timeOffsetHeader)
      pending.push({ ...message, headers: [...kept, { key: timeOffsetHeader, value: Buffer.from(offset) }] })
      pendingBytes += size
      sent++
    }
    await send()
    await writer.flush()
  } finally {
    writer.close()
  }
  if (sent === acked) return acked
  throw new ReplayError({
    code: 'REPLAY_INCOMPLETE',
    message: `${sent - acked} of ${sent} messages were not acknowledged`,
    remedy: 'Create the topic again with --force.',
  })
}
