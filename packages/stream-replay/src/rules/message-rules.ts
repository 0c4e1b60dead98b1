import {
  type AvroSchema,
  detectFormat,
  isFramed,
  type MessageFormat,
  unframeDatum,
} from '@beamtime/stream-formats/avro'
import { usage } from '../error.ts'
import { AvroRule } from './avro-rule.ts'
import { DocumentRule } from './document-rule.ts'
import { hasTimes, renameJob, shiftFlatbuffer } from './flatbuffer-times.ts'
import { uuid5 } from './fresh-ids.ts'
import { JsonRule, parseExactJson } from './json-rule.ts'

export interface MessageRuleOptions {
  /** False: times within messages stay as they are. */
  readonly shiftsTimes: boolean
  /** `none`, a format name (`ev44`, `flatbuffers`, `docs`, `avro`), or FORMAT:PATH. Empty: every format that is known. */
  readonly shiftEmbedded: readonly string[]
  /** `docs`, `pl72`, `avro:PATH[:STEP]`, `json:PATH[:STEP]`. */
  readonly renumber: readonly string[]
  readonly playId: string
  schema(id: number): Promise<AvroSchema | null>
}

/** When and in which pass a message goes out. */
export interface Moment {
  readonly deltaMs: number
  readonly pass: number
}

interface Parsed {
  readonly documents: boolean
  readonly dataTimes: readonly string[]
  readonly flatbuffers: (id: string) => boolean
  readonly avroKnown: boolean
  readonly avroTimes: readonly string[]
  readonly jsonTimes: readonly string[]
}

/** Everything that changes the values of messages. Throws REPLAY_USAGE for options that cannot be. */
export class MessageRules {
  readonly #options: MessageRuleOptions
  readonly #parsed: Parsed
  readonly #documents: DocumentRule
  readonly #avro: AvroRule
  readonly #json: JsonRule
  readonly #renamesJobs: boolean
  readonly #schemas = new Map<number, AvroSchema | null>()
  readonly #absent = new Set<string>()
  /** False: values go out as they are, and need not be looked at. */
  readonly isActive: boolean

  constructor(options: MessageRuleOptions) {
    this.#options = options
    this.#parsed = parseShifts(options)
    const numbers = parseNumbers(options.renumber)
    const renumbersDocuments = options.renumber.includes('docs')
    this.#renamesJobs = options.renumber.includes('pl72')
    this.#documents = new DocumentRule({
      shiftsTimes: this.#parsed.documents,
      dataTimes: this.#parsed.dataTimes,
      renumbers: renumbersDocuments,
      playId: options.playId,
    })
    this.#avro = new AvroRule({
      times: this.#parsed.avroTimes,
      knownTimes: this.#parsed.avroKnown,
      numbers: numbers.avro,
    })
    this.#json = new JsonRule({ times: this.#parsed.jsonTimes, numbers: numbers.json })
    this.isActive = options.shiftsTimes
      ? !options.shiftEmbedded.includes('none') || options.renumber.length > 0
      : options.renumber.length > 0
  }

  /** Fields that should move but are left out of the messages because they have the default value. */
  get absentFields(): readonly string[] {
    return [...this.#absent]
  }

  /** A schema that has to be fetched before `apply` knows what the message is; null when nothing is missing. */
  missingSchema(value: Uint8Array | null): number | null {
    if (value === null || !isFramed(value)) return null
    const { schemaId } = unframeDatum(value)
    return this.#schemas.has(schemaId) ? null : schemaId
  }

  /** A schema that was loaded before. */
  schemaOf(id: number): AvroSchema | null {
    return this.#schemas.get(id) ?? null
  }

  async loadSchema(id: number): Promise<void> {
    this.#schemas.set(id, await this.#options.schema(id))
  }

  formatOf(value: Uint8Array): MessageFormat {
    return detectFormat(value, { isSchemaKnown: (id) => (this.#schemas.get(id) ?? null) !== null })
  }

  /** The value to send. A message that is not what it looks like goes out as it is. */
  apply(value: Uint8Array, moment: Moment): Uint8Array {
    const format = this.formatOf(value)
    switch (format.kind) {
      case 'flatbuffer':
        return this.#flatbuffer(value, format.id, moment)
      case 'document':
        return unlessMalformed(value, () => this.#documents.apply(value, format.name, moment))
      case 'confluent': {
        const schema = this.#schemas.get(format.schemaId)
        if (schema === null || schema === undefined) return value
        return unlessMalformed(value, () => this.#avro.applyToFramed(value, schema, moment))
      }
      case 'container':
        return unlessMalformed(value, () => this.#avro.applyToContainer(value, moment))
      case 'json':
        return unlessMalformed(value, () => this.#jsonMessage(value, moment))
      case 'opaque':
        return value
    }
  }

  #flatbuffer(value: Uint8Array, id: string, moment: Moment): Uint8Array {
    let bytes = value
    if (this.#parsed.flatbuffers(id)) {
      const changed = shiftFlatbuffer(value, id, moment.deltaMs)
      for (const field of changed.absent) this.#absent.add(field)
      bytes = changed.bytes
    }
    return this.#renamesJobs
      ? renameJob(bytes, id, (jobId) => uuid5(`${jobId}/${this.#options.playId}/${moment.pass}`))
      : bytes
  }

  #jsonMessage(value: Uint8Array, moment: Moment): Uint8Array {
    const parsed = parseExactJson(new TextDecoder('utf-8', { fatal: true }).decode(value))
    const name =
      Array.isArray(parsed) && parsed.length === 2 && typeof parsed[0] === 'string' ? parsed[0] : null
    const isDocument = name !== null && documentWords.has(name)
    if (!isDocument && this.#json.isEmpty) return value
    if (isDocument) this.#documents.applyToValue((parsed as unknown[])[1], name, moment)
    this.#json.applyToValue(parsed, moment)
    return new TextEncoder().encode(JSON.stringify(parsed))
  }
}

const documentWords = new Set([
  'start',
  'stop',
  'descriptor',
  'event',
  'event_page',
  'resource',
  'datum',
  'datum_page',
  'stream_resource',
  'stream_datum',
])

function unlessMalformed(value: Uint8Array, work: () => Uint8Array): Uint8Array {
  try {
    return work()
  } catch (error) {
    const isMalformed =
      error instanceof RangeError ||
      error instanceof SyntaxError ||
      error instanceof TypeError ||
      (error as { code?: unknown }).code === 'STREAM_MESSAGE_MALFORMED'
    if (isMalformed) return value
    throw error
  }
}

function nothingToMove(text: string): Error {
  return usage(
    `--shift-embedded ${text} is nothing that can be moved`,
    'Give none, docs, docs:data.NAME, avro, avro:PATH[@UNIT], json:PATH@UNIT, flatbuffers, or a schema such as ev44.',
  )
}

/** `docs:data.NAME`, `avro:PATH`, `json:PATH`. */
function addPath(
  lists: { readonly dataTimes: string[]; readonly avroTimes: string[]; readonly jsonTimes: string[] },
  format: string,
  path: string,
): boolean {
  if (format === 'docs' && path.startsWith('data.')) lists.dataTimes.push(path.slice('data.'.length))
  else if (format === 'avro') lists.avroTimes.push(path)
  else if (format === 'json') lists.jsonTimes.push(path)
  else return false
  return true
}

function parseShifts({ shiftsTimes, shiftEmbedded }: MessageRuleOptions): Parsed {
  const none: Parsed = {
    documents: false,
    dataTimes: [],
    flatbuffers: () => false,
    avroKnown: false,
    avroTimes: [],
    jsonTimes: [],
  }
  const ids = new Set<string>()
  const dataTimes: string[] = []
  const avroTimes: string[] = []
  const jsonTimes: string[] = []
  const words = new Set<string>()
  for (const text of shiftEmbedded) {
    const colon = text.indexOf(':')
    const [format, path] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
    if (path !== '') {
      if (!addPath({ dataTimes, avroTimes, jsonTimes }, format, path)) throw nothingToMove(text)
    } else if (hasTimes(format)) ids.add(format)
    else if (['none', 'docs', 'avro', 'flatbuffers', 'all'].includes(format)) words.add(format)
    else throw nothingToMove(text)
  }
  if (!shiftsTimes || words.has('none')) return none
  // Naming more paths does not turn off what is known; naming formats does.
  const isAll = ids.size === 0 && [...words].every((word) => word === 'all')
  return {
    documents: isAll || words.has('docs') || dataTimes.length > 0,
    dataTimes,
    flatbuffers: (id) => isAll || words.has('flatbuffers') || ids.has(id),
    avroKnown: isAll || words.has('avro'),
    avroTimes,
    jsonTimes,
  }
}

type NumberPath = { readonly path: string; readonly step: bigint | null }

function parseNumbers(renumber: readonly string[]): {
  readonly avro: NumberPath[]
  readonly json: NumberPath[]
} {
  const found: { readonly avro: NumberPath[]; readonly json: NumberPath[] } = { avro: [], json: [] }
  for (const text of renumber) {
    if (text === 'docs' || text === 'pl72') continue
    const match = /^(avro|json):([^:]+)(?::(\d+))?$/.exec(text)
    if (match === null)
      throw usage(
        `--renumber ${text} is nothing that can be renumbered`,
        'Give docs, pl72, avro:PATH[:STEP] or json:PATH[:STEP].',
      )
    const [, format, path = '', step] = match
    found[format === 'avro' ? 'avro' : 'json'].push({ path, step: step === undefined ? null : BigInt(step) })
  }
  return found
}
