import type { AvroSchema } from '@beamtime/stream-formats/avro'
import type { StreamRecord } from '../batch/batch-records.ts'
import { PassReader } from '../play/pass-reader.ts'
import type { Position } from '../positions.ts'
import { MessageRules } from '../rules/message-rules.ts'
import { parseSelection } from '../rules/selection.ts'
import { findStart, findStop } from '../source/place-finder.ts'
import type { StreamSource } from '../source/stream-source.ts'
import { framedId } from './message-json.ts'

export interface MessageChoice {
  readonly start?: Position
  readonly stop?: Position
  readonly select?: string
  readonly limit?: number
}

export interface StreamMessage extends StreamRecord {
  readonly topic: string
  readonly partition: number
}

/** Chosen messages of a source in the merged order. */
export async function* streamMessages(
  source: StreamSource,
  choice: MessageChoice = {},
): AsyncGenerator<StreamMessage> {
  const { limit = Infinity, select } = choice
  const rules = new MessageRules({
    shiftsTimes: false,
    shiftEmbedded: [],
    renumber: [],
    playId: '',
    schema: (id: number): Promise<AvroSchema | null> => source.schema(id),
  })
  const reader = new PassReader({
    source,
    start: await findStart(source, choice.start),
    stop: await findStop(source, choice.stop),
    selection: select === undefined ? null : parseSelection(select),
    sample: 1,
    rules,
    mayStayWhole: () => false,
  })
  try {
    for (let count = 0; count < limit; count++) {
      const unit = await reader.next()
      if (unit === null) return
      if (unit.kind === 'batch') continue
      yield { ...unit.record, topic: unit.source.topic, partition: unit.source.partition }
    }
  } finally {
    await reader.close()
  }
}

/** Finds schemas by the ids that messages carry, each once. `load` before `get`. */
export class SchemaShelf {
  readonly #source: Pick<StreamSource, 'schema'>
  readonly #known = new Map<number, AvroSchema | null>()

  constructor(source: Pick<StreamSource, 'schema'>) {
    this.#source = source
  }

  async load(value: Uint8Array | null): Promise<void> {
    const id = framedId(value)
    if (id !== null && !this.#known.has(id)) this.#known.set(id, await this.#source.schema(id))
  }

  readonly get = (id: number): AvroSchema | null => this.#known.get(id) ?? null
}
