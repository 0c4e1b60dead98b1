import { editMsgpack, type MsgpackLeaf } from './msgpack-edits.ts'
import { Renumbering, uuid5 } from './fresh-ids.ts'

/** How the Bluesky documents of one play change. */
export interface DocumentRuleOptions {
  readonly shiftsTimes: boolean
  /** Values of events that are times in seconds: names of data keys. */
  readonly dataTimes: readonly string[]
  /** Every run gets an id of its own in each pass. */
  readonly renumbers: boolean
  /** Makes the fresh ids those of this play. */
  readonly playId: string
}

export interface DocumentMoment {
  readonly deltaMs: number
  readonly pass: number
}

const uidKeys = new Set(['uid', 'run_start', 'descriptor', 'resource', 'stream_resource', 'datum_id'])
const uuidStart = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/i

/** Moves times and renews ids of documents as [name, document] pairs, in MessagePack or as JSON values. */
export class DocumentRule {
  readonly #options: DocumentRuleOptions
  readonly #scanIds = new Renumbering(null)

  constructor(options: DocumentRuleOptions) {
    this.#options = options
  }

  /** The message with its values changed; the rest of it stays byte for byte. Throws RangeError when it is malformed. */
  apply(message: Uint8Array, name: string, moment: DocumentMoment): Uint8Array {
    return editMsgpack(message, ({ path, value }) =>
      // The pair itself is a list: paths within the document begin after its '[]'.
      path.length > 1 ? this.#change(name, { path: path.slice(1), value }, moment) : undefined,
    )
  }

  /** As `apply`, for a document that is parsed already; changes it in place. */
  applyToValue(document: unknown, name: string, moment: DocumentMoment): void {
    const visit = (value: unknown, path: readonly string[]): unknown => {
      if (Array.isArray(value)) {
        value.forEach((item, index) => (value[index] = visit(item, [...path, '[]'])))
      } else if (typeof value === 'object' && value !== null) {
        const table = value as Record<string, unknown>
        for (const [key, item] of Object.entries(table)) table[key] = visit(item, [...path, key])
      } else if (typeof value === 'string' || typeof value === 'number') {
        const changed = this.#change(name, { path, value }, moment)
        return typeof changed === 'bigint' ? Number(changed) : (changed ?? value)
      }
      return value
    }
    visit(document, [])
  }

  #change(
    name: string,
    { path, value }: MsgpackLeaf,
    moment: DocumentMoment,
  ): string | number | bigint | undefined {
    const { shiftsTimes, renumbers } = this.#options
    if (typeof value === 'string') return renumbers ? this.#freshId(path, value, moment.pass) : undefined
    if (shiftsTimes && this.#isTime(path)) return Number(value) + moment.deltaMs / 1_000
    const isScanId = renumbers && name === 'start' && path.length === 1 && path[0] === 'scan_id'
    return isScanId ? this.#scanIds.next(BigInt(Math.trunc(Number(value))), moment.pass) : undefined
  }

  #isTime(path: readonly string[]): boolean {
    const keys = path.at(-1) === '[]' ? path.slice(0, -1) : path
    if (keys.length === 1) return keys[0] === 'time'
    if (keys.at(-2) === 'timestamps') return keys.length === 2 || keys[0] === 'configuration'
    return keys.length === 2 && keys[0] === 'data' && this.#options.dataTimes.includes(keys[1] ?? '')
  }

  #freshId(path: readonly string[], value: string, pass: number): string | undefined {
    const keys = path.at(-1) === '[]' ? path.slice(0, -1) : path
    const [first = ''] = keys
    const isId = keys.length === 1 && uidKeys.has(first)
    // A value of an event may name a datum: "resource/number".
    const isReference = first === 'data' && keys.length === 2 && /^[\da-f-]{36}\/./i.test(value)
    if (!isId && !isReference) return undefined
    const head = uuidStart.exec(value)?.[0] ?? value
    return `${uuid5(`${head}/${this.#options.playId}/${pass}`)}${value.slice(head.length)}`
  }
}
