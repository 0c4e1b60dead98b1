import {
  detectFormat,
  type MessageFormat,
  type SchemaSource,
  unframeDatum,
  isFramed,
} from '@beamtime/stream-formats/avro'
import type { RecordBatch } from '../batch/batch-header.ts'
import { recordsOf } from '../batch/batch-records.ts'
import type { RecordedTopic } from '../recording/manifest.ts'

/** Ids that are looked up for one topic: beyond it the messages are no framed Avro. */
const maxSchemas = 1_000

/** Learns what the messages of a topic are, and fetches the schemas that they name, so that a recording decodes by itself. */
export class FormatLearner {
  readonly #schemas: SchemaSource | null
  readonly #asked = new Map<string, Set<number>>()

  constructor(schemas: SchemaSource | null) {
    this.#schemas = schemas
  }

  /** Looks at the first message of each batch; at every one where messages name schemas. */
  async learn(topic: RecordedTopic, batches: readonly RecordBatch[]): Promise<void> {
    for (const batch of batches) {
      if (batch.header.isControl || batch.header.recordsCount === 0) continue
      if (topic.format !== '' && !this.#mayNameSchemas(topic)) return
      await this.#learnBatch(topic, batch)
    }
  }

  /** Batches of a topic whose first ones named no schema are not taken apart. */
  #mayNameSchemas({ name, format }: RecordedTopic): boolean {
    return this.#schemas !== null && (format === 'confluent' || this.#asked.has(name))
  }

  async #learnBatch(topic: RecordedTopic, batch: RecordBatch): Promise<void> {
    for (const { value } of recordsOf(batch)) {
      if (value === null) continue
      if (isFramed(value)) await this.#askFor(topic, unframeDatum(value).schemaId)
      if (topic.format !== '') continue
      topic.format = formatText(
        detectFormat(value, { isSchemaKnown: (id) => topic.schemas[id] !== undefined }),
      )
    }
  }

  async #askFor(topic: RecordedTopic, id: number): Promise<void> {
    const asked = this.#asked.get(topic.name) ?? new Set<number>()
    this.#asked.set(topic.name, asked)
    if (this.#schemas === null || asked.has(id) || asked.size >= maxSchemas) return
    asked.add(id)
    const found = await this.#schemas.schemaById(id).catch(() => null) // a registry that is away must not end a recording
    if (found === null) asked.delete(id)
    else topic.schemas[id] = { type: found.type, schema: found.schema }
  }
}

export function formatText(format: MessageFormat): string {
  return format.kind === 'flatbuffer' ? `flatbuffer:${format.id}` : format.kind
}
