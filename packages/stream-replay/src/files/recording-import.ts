import { batchesOf } from '../batch/batch-header.ts'
import { encodeBatch, type OutgoingRecord } from '../batch/batch-records.ts'
import { FormatLearner } from '../record/format-learner.ts'
import { RecordingWriter } from '../recording/recording-writer.ts'

const batchBytes = 900_000

export interface NewRecording {
  readonly directory: string
  readonly topics: readonly {
    readonly name: string
    readonly partitions: number
    readonly config?: Readonly<Record<string, string>>
    readonly schemas?: Readonly<Record<string, { readonly type: string; readonly schema: string }>>
  }[]
  readonly notes: Readonly<Record<string, unknown>>
}

export interface PlacedMessage {
  readonly topic: string
  readonly partition: number
  readonly record: OutgoingRecord
}

/** Writes messages to a new recording, with offsets from 0. Resolves with their number. */
export async function writeRecording(
  wanted: NewRecording,
  messages: AsyncIterable<PlacedMessage>,
  schemas: () => Readonly<Record<string, { readonly type: string; readonly schema: string }>> = () => ({}),
): Promise<{ readonly count: number; readonly bytes: number; readonly id: string }> {
  const writer = await RecordingWriter.create({
    directory: wanted.directory,
    clusterId: null,
    notes: wanted.notes,
  })
  for (const { name, partitions, config = {}, schemas: own = {} } of wanted.topics)
    await writer.addTopic({ name, topicId: '', partitions, config, schemas: own })
  const learner = new FormatLearner(null)
  const places = new Map<
    string,
    { pending: OutgoingRecord[]; bytes: number; next: number; topic: string; partition: number }
  >()
  const flush = async (place: {
    pending: OutgoingRecord[]
    bytes: number
    next: number
    topic: string
    partition: number
  }): Promise<void> => {
    if (place.pending.length === 0) return
    const bytes = encodeBatch(place.pending, 0)
    bytes.writeBigInt64BE(BigInt(place.next), 0)
    place.next += place.pending.length
    place.pending = []
    place.bytes = 0
    const batches = [...batchesOf(bytes)]
    const entry = writer.manifest.topics.find(({ name }) => name === place.topic)
    if (entry !== undefined) {
      Object.assign(entry.schemas, schemas())
      await learner.learn(entry, batches)
    }
    await writer.append(place, batches)
  }
  try {
    for await (const { topic, partition, record } of messages) {
      const key = `${topic}/${partition}`
      let place = places.get(key)
      if (place === undefined) {
        place = { pending: [], bytes: 0, next: 0, topic, partition }
        places.set(key, place)
      }
      const size = (record.value?.length ?? 0) + (record.key?.length ?? 0) + 64
      if (place.bytes + size > batchBytes) await flush(place)
      place.pending.push(record)
      place.bytes += size
    }
    for (const place of places.values()) await flush(place)
    await writer.close()
    return { count: writer.count, bytes: writer.bytes, id: writer.manifest.id }
  } catch (error) {
    await writer.close()
    await writer.remove()
    throw error
  }
}
