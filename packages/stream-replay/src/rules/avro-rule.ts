import {
  type AvroNode,
  type AvroSchema,
  ContainerWriter,
  fieldEditor,
  type FieldEditor,
  type FieldValue,
  readContainer,
  unframeDatum,
} from '@beamtime/stream-formats/avro'
import { Renumbering } from './fresh-ids.ts'
import { shiftedTime, timePath, type TimeUnit } from './time-unit.ts'

/** Times of alerts as Rubin and ZTF name them; those that a schema has are moved without being asked for. */
const alertTimes = [
  ...['diaSource', 'prvDiaSources[]', 'prvDiaForcedSources[]', 'prvDiaNondetectionLimits[]'].flatMap(
    (place) => [`${place}.midpointMjdTai`, `${place}.midPointTai`],
  ),
  'candidate.jd',
  'prv_candidates[].jd',
]

export interface AvroRuleOptions {
  /** Paths with their unit: `diaSource.midpointMjdTai@mjd`. */
  readonly times: readonly string[]
  /** Also move the times that alerts are known to have. */
  readonly knownTimes: boolean
  readonly numbers: readonly { readonly path: string; readonly step: bigint | null }[]
}

/** How far times move, and in which pass. */
interface AvroMoment {
  readonly deltaMs: number
  readonly pass: number
}

/** Moves times and renews numbers in Avro messages. The writer's schema stays; what is not named stays byte for byte. */
export class AvroRule {
  readonly #options: AvroRuleOptions
  readonly #editors = new Map<
    AvroSchema,
    { readonly editor: FieldEditor; readonly units: readonly (TimeUnit | null)[] } | null
  >()
  readonly #renumberings: readonly Renumbering[]

  constructor(options: AvroRuleOptions) {
    this.#options = options
    for (const text of options.times) timePath(text)
    this.#renumberings = options.numbers.map(({ step }) => new Renumbering(step))
  }

  /** Throws STREAM_MESSAGE_MALFORMED. */
  applyToDatum(datum: Uint8Array, schema: AvroSchema, moment: AvroMoment): Uint8Array {
    return this.#apply(datum, { schema, moment, from: 0 })
  }

  applyToFramed(message: Uint8Array, schema: AvroSchema, moment: AvroMoment): Uint8Array {
    return this.#apply(message, { schema, moment, from: message.length - unframeDatum(message).datum.length })
  }

  #apply(
    bytes: Uint8Array,
    where: { readonly schema: AvroSchema; readonly moment: AvroMoment; readonly from: number },
  ): Uint8Array {
    const prepared = this.#editorOf(where.schema)
    if (prepared === null) return bytes
    const { units, editor } = prepared
    const { moment } = where
    const change = (index: number, value: FieldValue): FieldValue => {
      const unit = units[index]
      if (typeof value === 'string') return value
      if (unit !== null && unit !== undefined)
        return moment.deltaMs === 0 ? value : shiftedTime(value, unit, moment.deltaMs)
      const renumbering = this.#renumberings[index - (units.length - this.#renumberings.length)]
      if (renumbering === undefined || !(typeof value === 'bigint' || Number.isInteger(value))) return value
      const next = renumbering.next(BigInt(value), moment.pass)
      return Number.isSafeInteger(Number(next)) ? Number(next) : next
    }
    return editor.rewrite(bytes, change, where.from)
  }

  applyToContainer(message: Uint8Array, moment: AvroMoment): Uint8Array {
    const { header, datums } = readContainer(message)
    const changed = datums.map((datum) => this.applyToDatum(datum, header.schema, moment))
    if (changed.every((datum, index) => datum === datums[index])) return message
    const { schema, codec } = header
    const writer = new ContainerWriter({
      schema,
      codec,
      sync: message.slice(-16),
      blockBytes: Number.MAX_SAFE_INTEGER,
    })
    for (const datum of changed) writer.add(datum)
    return Buffer.concat([writer.header(), writer.flush() ?? new Uint8Array(0)])
  }

  #editorOf(
    schema: AvroSchema,
  ): { readonly editor: FieldEditor; readonly units: readonly (TimeUnit | null)[] } | null {
    const known = this.#editors.get(schema)
    if (known !== undefined) return known
    const { times, knownTimes, numbers } = this.#options
    const own = knownTimes ? alertTimes.filter((path) => hasPath(schema.root, path)) : []
    const wanted = [
      ...new Set([...times, ...own.filter((path) => !times.some((text) => timePath(text).path === path))]),
    ].map(timePath)
    const paths = [...wanted.map(({ path }) => path), ...numbers.map(({ path }) => path)]
    const units = [...wanted.map(({ unit }) => unit), ...numbers.map(() => null)]
    const prepared = paths.length === 0 ? null : { editor: fieldEditor(schema, paths), units }
    this.#editors.set(schema, prepared)
    return prepared
  }
}

/** Whether values of a schema can have something at a path. */
export function hasPath(root: AvroNode, path: string): boolean {
  const steps = path.replaceAll('[]', '.[]').split('.').filter(Boolean)
  const find = (node: AvroNode, at: number): boolean => {
    const step = steps[at]
    if (node.kind === 'union') return node.branches.some((branch) => find(branch, at))
    if (step === undefined) return true
    if (step === '[]')
      return node.kind === 'array'
        ? find(node.items, at + 1)
        : node.kind === 'map' && find(node.values, at + 1)
    const field = node.kind === 'record' ? node.fields.find(({ name }) => name === step) : undefined
    return field !== undefined && find(field.node, at + 1)
  }
  return find(root, 0)
}
