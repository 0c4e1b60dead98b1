import {
  avroOf,
  fixedSource,
  type AvroSchema,
  type RegisteredSchema,
  type SchemaSource,
} from '@beamtime/stream-formats/avro'
import { recallSchema } from '../alerts/schema-memory.ts'
import type { RecordBatch } from '../batch/batch-header.ts'
import type { StreamRecord } from '../batch/batch-records.ts'
import { ReplayError } from '../error.ts'
import type { RecordedSchema } from '../recording/manifest.ts'
import { Recording } from '../recording/recording.ts'
import type { Cluster } from '../wire/cluster.ts'
import { fetchRound } from '../wire/batch-fetcher.ts'
import { earliestOffset, latestOffset } from '../wire/kafka-requests.ts'

export interface SourcePartition {
  readonly topic: string
  readonly partition: number
  /** Place of the topic in the recording: ties of the merged order go by it. */
  readonly topicOrder: number
  /** First and last offset; last < first when there is nothing. */
  readonly first: number
  readonly last: number
  /** Messages between them; of a topic this is an upper bound (compaction, transactions). */
  readonly count: number
  readonly bytes: number | null
  readonly firstTs: number | null
  readonly lastTs: number | null
}

export interface SourceTopic {
  readonly name: string
  readonly partitions: number
  readonly config: Readonly<Record<string, string>>
}

/** Something that can be played: a recording, or what a topic holds now. */
export interface StreamSource {
  readonly kind: 'recording' | 'topic'
  /** Id of the recording, or `topic:NAME`. */
  readonly id: string
  readonly topics: readonly SourceTopic[]
  readonly partitions: readonly SourcePartition[]
  /** Schemas that a recording holds, by topic and id. */
  readonly embeddedSchemas: ReadonlyMap<string, Readonly<Record<string, RecordedSchema>>>
  /** What a message is seen as; absent: as it is, and batches may be taken as a whole. */
  readonly seenAs?: (record: StreamRecord) => StreamRecord
  /** Batches from the one that holds `from` up to the one that holds the partition's last offset. */
  batches(partition: SourcePartition, from: number): AsyncGenerator<RecordBatch>
  /** An offset before which no message has a time of at least `timestampMs`. */
  offsetBeforeTime(partition: SourcePartition, timestampMs: number): Promise<number>
  /** Schema of an id that a message carries; null when nobody knows it. */
  schema(id: number): Promise<AvroSchema | null>
  close(): Promise<void>
}

export interface SourceAccess {
  /** Needed for `topic:NAME`. */
  readonly cluster: Cluster | null
  /** Asked for schemas that the recording does not hold. */
  readonly schemas?: SchemaSource
}

/** Opens `topic:NAME`, or a recording by its path. */
export async function openSource(name: string, access: SourceAccess): Promise<StreamSource> {
  if (!name.startsWith('topic:')) return recordingSource(await Recording.open(name), access)
  const { cluster } = access
  if (cluster === null)
    throw new ReplayError({
      code: 'REPLAY_USAGE',
      message: `${name} needs a broker`,
      remedy: 'Name one with --bootstrap host:port.',
    })
  return await topicSource(name.slice('topic:'.length), { ...access, cluster })
}

function schemaFinder(sources: readonly SchemaSource[]): (id: number) => Promise<AvroSchema | null> {
  const found = new Map<number, AvroSchema | null>()
  return async (id) => {
    const known = found.get(id)
    if (known !== undefined) return known
    let schema: AvroSchema | null = null
    for (const source of sources) {
      const registered = await source.schemaById(id).catch(() => null) // a registry that is away knows nothing
      if (registered === null) continue
      schema = avroOf(registered)
      break
    }
    found.set(id, schema)
    return schema
  }
}

function recordingSource(recording: Recording, access: SourceAccess): StreamSource {
  const { topics } = recording.manifest
  const embedded = new Map(
    topics.flatMap(({ schemas }) =>
      Object.entries(schemas)
        .filter(([, { type }]) => type === 'AVRO')
        .map(([id, { schema }]) => [Number(id), schema] as const),
    ),
  )
  const partitions = topics.flatMap((topic, topicOrder) =>
    topic.partitions.map((entry) => ({
      ...entry,
      topic: topic.name,
      topicOrder,
      first: entry.count === 0 ? 0 : entry.first,
      last: entry.count === 0 ? -1 : entry.last,
    })),
  )
  return {
    kind: 'recording',
    id: recording.id,
    embeddedSchemas: new Map(topics.map(({ name, schemas }) => [name, schemas])),
    topics: topics.map(({ name, partitions: entries, config }) => ({
      name,
      partitions: entries.length,
      config,
    })),
    partitions,
    async *batches({ topic, partition, last }, from) {
      if (last < from) return
      for await (const batch of recording.batches({ topic, partition, from })) {
        if (batch.header.baseOffset > last) return
        yield batch
      }
    },
    offsetBeforeTime: ({ topic, partition }, timestampMs) =>
      recording.offsetBeforeTime(topic, partition, timestampMs),
    schema: schemaFinder([fixedSource(embedded), ...(access.schemas === undefined ? [] : [access.schemas])]),
    close: () => recording.close(),
  }
}

/** Longest wait for a fetch that finds nothing; below the end there always is something. */
const maxWaitMs = 500

async function topicSource(
  name: string,
  access: SourceAccess & { readonly cluster: Cluster },
): Promise<StreamSource> {
  const { cluster } = access
  const starts = await cluster.offsets(name, earliestOffset)
  const ends = await cluster.offsets(name, latestOffset)
  const partitions = [...starts]
    .toSorted(([a], [b]) => a - b)
    .map(([partition, first]) => {
      const last = (ends.get(partition) ?? 0) - 1
      const count = Math.max(0, last - first + 1)
      return {
        topic: name,
        partition,
        topicOrder: 0,
        first,
        last,
        count,
        bytes: null,
        firstTs: null,
        lastTs: null,
      }
    })
  return {
    kind: 'topic',
    id: `topic:${name}`,
    embeddedSchemas: new Map(),
    topics: [{ name, partitions: partitions.length, config: {} }],
    partitions,
    batches: (partition, from) => topicBatches(cluster, partition, from),
    offsetBeforeTime: async ({ partition, last }, timestampMs) => {
      const found = (await cluster.offsets(name, timestampMs)).get(partition) ?? -1
      return found < 0 ? last + 1 : found
    },
    schema: schemaFinder([
      ...(access.schemas === undefined ? [] : [access.schemas]),
      { schemaById: (id) => rememberedSchema(cluster, name, id) },
    ]),
    close: () => Promise.resolve(),
  }
}

/** What the alert simulator wrote a topic with, on this machine. */
async function rememberedSchema(
  cluster: Cluster,
  topic: string,
  id: number,
): Promise<RegisteredSchema | null> {
  const schema = await recallSchema(cluster.bootstrapServers, topic)
  return schema === null ? null : { id, type: 'AVRO', schema, references: [] }
}

async function* topicBatches(
  cluster: Cluster,
  { topic, partition, last }: SourcePartition,
  from: number,
): AsyncGenerator<RecordBatch> {
  const cursor = { topic, partition, offset: from }
  const lane = `read-${topic}-${partition}`
  const fetch = async (): Promise<readonly RecordBatch[]> => {
    if (cursor.offset > last) return []
    const [fetched] = await fetchRound(cluster, { cursors: [cursor], maxWaitMs, lane, maxBytes: 8_388_608 })
    return fetched?.batches ?? []
  }
  let next = fetch()
  for (;;) {
    const batches = await next
    if (cursor.offset > last) next = Promise.resolve([])
    else {
      next = fetch() // while these are played
      next.catch(() => undefined) // seen when it is awaited
    }
    for (const batch of batches) {
      if (batch.header.baseOffset > last) return
      yield batch
    }
    if (batches.length === 0 && cursor.offset > last) return
  }
}
