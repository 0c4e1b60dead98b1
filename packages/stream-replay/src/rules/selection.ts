import { unframeDatum } from '@beamtime/stream-formats/avro'
import { decodeDocument } from '@beamtime/event-model'
import { decodeMessage } from '@beamtime/stream-formats'
import type { RecordHeader } from '../batch/batch-records.ts'
import { usage } from '../error.ts'
import type { MessageRules } from './message-rules.ts'
import { type TextPattern, textPattern } from './text-pattern.ts'

/* Expressions that choose messages:
 *   or:   and { "||" and }      and: not { "&&" not }      not: "!" not | "(" or ")" | test
 *   test: field [ ("==" | "!=" | "<" | "<=" | ">" | ">=" | "~") literal ]      literal: number, 'text', "text", true, false, null
 *   field: topic, partition, offset, timestamp, key, value, size, format, name, headers.NAME, json.PATH, doc.PATH, avro.PATH, fb.PATH
 * A field alone holds when it is there and not null, false, 0 or ''. `~` takes a regular expression
 * (text-pattern.ts). */

/** What a selection looks at. */
export interface SelectableMessage {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestampMs: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
}

export interface Selection {
  /** False: decided without the value. */
  readonly readsValue: boolean
  accepts(message: SelectableMessage, rules: MessageRules): boolean
}

type Scalar = string | number | bigint | boolean | null | undefined
type Test = (view: MessageView) => boolean

/** Reads an expression. Throws REPLAY_USAGE. */
export function parseSelection(text: string): Selection {
  const parser = new Parser(text)
  const test = parser.whole()
  return {
    readsValue: parser.readsValue,
    accepts: (message, rules) => test(new MessageView(message, rules)),
  }
}

class MessageView {
  readonly message: SelectableMessage
  readonly #rules: MessageRules
  #decoded: { readonly value: unknown } | null = null

  constructor(message: SelectableMessage, rules: MessageRules) {
    this.message = message
    this.#rules = rules
  }

  // oxlint-disable-next-line complexity -- one case for each name
  field(path: readonly string[]): Scalar {
    const { message } = this
    const [first = '', second = ''] = path
    switch (first) {
      case 'topic':
        return message.topic
      case 'partition':
        return message.partition
      case 'offset':
        return message.offset
      case 'timestamp':
        return message.timestampMs
      case 'size':
        return message.value?.length ?? 0
      case 'key':
        return utf8(message.key)
      case 'value':
        return utf8(message.value)
      case 'headers': {
        const name = path.slice(1).join('.')
        const header = message.headers.find(({ key }) => key === name)
        return header === undefined ? undefined : utf8(header.value)
      }
      case 'format':
        return this.#format()
      case 'name':
        return this.#format().replace(/^.*:/, '')
      case 'json':
      case 'avro':
      case 'doc':
      case 'fb':
        return scalarAt(this.#content(), path.slice(1))
      default:
        throw usage(`there is no field ${[first, second].filter(Boolean).join('.')}`, fieldRemedy)
    }
  }

  #format(): string {
    const { value } = this.message
    if (value === null) return 'none'
    const format = this.#rules.formatOf(value)
    return format.kind === 'flatbuffer'
      ? `flatbuffer:${format.id}`
      : format.kind === 'document'
        ? `document:${format.name}`
        : format.kind
  }

  #content(): unknown {
    this.#decoded ??= { value: this.#decode() }
    return this.#decoded.value
  }

  #decode(): unknown {
    const { value } = this.message
    if (value === null) return undefined
    const format = this.#rules.formatOf(value)
    try {
      switch (format.kind) {
        case 'json':
          return JSON.parse(new TextDecoder().decode(value)) as unknown
        case 'document':
          return decodeDocument(value)[1]
        case 'flatbuffer':
          return decodeMessage(value).value
        case 'confluent':
          return this.#rules.schemaOf(format.schemaId)?.decode(unframeDatum(value).datum)
        case 'container':
        case 'opaque':
          return undefined
      }
    } catch {
      return undefined // what does not decode is not chosen by its content
    }
  }
}

function utf8(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
}

function scalarAt(content: unknown, path: readonly string[]): Scalar {
  let value = content
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Readonly<Record<string, unknown>>)[step]
  }
  return typeof value === 'object' && value !== null
    ? JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one))
    : (value as Scalar)
}

const fieldRemedy =
  'Fields: topic, partition, offset, timestamp, key, value, size, format, name, headers.NAME, json.PATH, doc.PATH, avro.PATH, fb.PATH.'
const fieldNames = [
  'topic',
  'partition',
  'offset',
  'timestamp',
  'key',
  'value',
  'size',
  'format',
  'name',
  'headers',
  'json',
  'doc',
  'avro',
  'fb',
]
const comparisons = ['==', '!=', '<=', '>=', '<', '>', '~'] as const
type Comparison = (typeof comparisons)[number]

/** Brackets within brackets that an expression may have. */
const maxDepth = 100

class Parser {
  readonly #text: string
  #at = 0
  #depth = 0
  readsValue = false

  constructor(text: string) {
    this.#text = text
  }

  whole(): Test {
    const test = this.#or()
    this.#skipSpace()
    if (this.#at < this.#text.length) throw this.#wrong('an operator or the end')
    return test
  }

  #wrong(expected: string): Error {
    return usage(
      `--select ${this.#text}: expected ${expected} at character ${this.#at + 1}`,
      `Write e.g. headers.type == 'a' && json.n > 3. ${fieldRemedy}`,
    )
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  #accept(word: string): boolean {
    this.#skipSpace()
    if (!this.#text.startsWith(word, this.#at)) return false
    this.#at += word.length
    return true
  }

  #or(): Test {
    const tests = [this.#and()]
    while (this.#accept('||')) tests.push(this.#and())
    return (view) => tests.some((test) => test(view))
  }

  #and(): Test {
    const tests = [this.#not()]
    while (this.#accept('&&')) tests.push(this.#not())
    return (view) => tests.every((test) => test(view))
  }

  #not(): Test {
    if (++this.#depth > maxDepth) throw this.#wrong('fewer brackets')
    try {
      if (!this.#text.startsWith('!=', this.#at) && this.#accept('!')) {
        const inner = this.#not()
        return (view) => !inner(view)
      }
      if (this.#accept('(')) {
        const inner = this.#or()
        if (!this.#accept(')')) throw this.#wrong(')')
        return inner
      }
      return this.#test()
    } finally {
      this.#depth--
    }
  }

  #test(): Test {
    this.#skipSpace()
    const match = /^[A-Za-z_][\w.-]*/.exec(this.#text.slice(this.#at))
    const path = match?.[0].split('.').filter(Boolean) ?? []
    if (match === null || !fieldNames.includes(path[0] ?? '')) throw this.#wrong('a field')
    this.#at += match[0].length
    if (['value', 'format', 'name', 'json', 'doc', 'avro', 'fb'].includes(path[0] ?? ''))
      this.readsValue = true
    const comparison = comparisons.find((one) => this.#accept(one))
    if (comparison === undefined) return (view) => Boolean(view.field(path))
    const literal = this.#literal()
    if (comparison === '~') return this.#pattern(path, literal)
    return (view) => compare(view.field(path), comparison, literal)
  }

  #pattern(path: readonly string[], literal: Scalar): Test {
    const pattern = this.#patternOf(String(literal))
    return (view) => {
      const value = view.field(path)
      return value !== null && value !== undefined && pattern.test(String(value))
    }
  }

  #patternOf(text: string): TextPattern {
    try {
      return textPattern(text)
    } catch (error) {
      const reason = error instanceof SyntaxError ? ` (${error.message})` : ''
      throw this.#wrong(`a regular expression before here${reason}`)
    }
  }

  #literal(): Scalar {
    this.#skipSpace()
    const rest = this.#text.slice(this.#at)
    const match = /^(?:'([^']*)'|"([^"]*)"|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)\b)/.exec(rest)
    if (match === null) throw this.#wrong("a number, 'text', true, false or null")
    this.#at += match[0].length
    const [, single, double, number, word] = match
    if (number !== undefined) return /^-?\d{16,}$/.test(number) ? BigInt(number) : Number(number)
    if (word !== undefined) return word === 'null' ? null : word === 'true'
    return single ?? double ?? ''
  }
}

function compare(value: Scalar, comparison: Exclude<Comparison, '~'>, literal: Scalar): boolean {
  const left =
    typeof literal === 'number' && typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  switch (comparison) {
    case '==':
      // oxlint-disable-next-line eqeqeq -- bigint and number of the same size are the same here, null and absent too
      return left == literal
    case '!=':
      // oxlint-disable-next-line eqeqeq -- as above
      return left != literal
    case '<':
      return ordered(left, literal, (a, b) => a < b)
    case '<=':
      return ordered(left, literal, (a, b) => a <= b)
    case '>':
      return ordered(left, literal, (a, b) => a > b)
    case '>=':
      return ordered(left, literal, (a, b) => a >= b)
  }
}

type Ordered = string | number | bigint

function ordered(left: Scalar, right: Scalar, test: (a: Ordered, b: Ordered) => boolean): boolean {
  return isOrdered(left) && isOrdered(right) && test(left, right)
}

function isOrdered(value: Scalar): value is Ordered {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string'
}
