import { malformed } from '../error.ts'
import type { AvroNode } from './avro-node.ts'

/* Walks over one binary datum without decoding it (Avro specification 1.11, "Binary Encoding").
 *   int, long: zig-zag varint   float, double: little-endian IEEE   bytes, string: long, then so many bytes
 *   union: long branch, value   enum: int   array, map: blocks of long count (negative: count, then long bytes), items; 0 ends
 * Every length is checked against the bytes at hand, which is what makes decoding with code that does not check safe. */

/** Items without any bytes (arrays of null) that a datum may hold. */
const maxEmptyItems = 1_000_000
/** Records within records that a datum may hold. */
const maxDepth = 128

/** A place within a datum where a field's value stands. */
export interface FieldPlace {
  readonly start: number
  readonly end: number
  readonly node: AvroNode
}

/** Fields that are looked for: names of record fields, `[]` for the items of arrays and maps. */
export interface FieldTree {
  readonly children: Map<string, FieldTree>
  /** Which of the wanted paths end here. */
  readonly leaves: number[]
  /** How to pass over the fields of a record, found once. */
  readonly plans: WeakMap<AvroNode, RecordPlan>
}

function newTree(): FieldTree {
  return { children: new Map(), leaves: [], plans: new WeakMap() }
}

/** Reads what a path such as `prvDiaSources[].midpointMjdTai` names. */
export function fieldTree(paths: readonly string[]): FieldTree {
  const root = newTree()
  paths.forEach((path, index) => {
    let tree = root
    for (const step of path.replaceAll('[]', '.[]').split('.').filter(Boolean)) {
      let next = tree.children.get(step)
      if (next === undefined) {
        next = newTree()
        tree.children.set(step, next)
      }
      tree = next
    }
    tree.leaves.push(index)
  })
  return root
}

export type OnField = (path: number, place: FieldPlace) => void

export class DatumWalker {
  readonly #bytes: Uint8Array
  readonly #onField: OnField | null
  position: number
  #emptyItems = 0

  constructor(bytes: Uint8Array, position = 0, onField: OnField | null = null) {
    this.#bytes = bytes
    this.position = position
    this.#onField = onField
  }

  #skip(length: number): void {
    if (length < 0 || length > this.#bytes.length - this.position)
      throw malformed(`a value of ${length} bytes begins at byte ${this.position} of ${this.#bytes.length}`)
    this.position += length
  }

  #skipVarint(): void {
    const from = this.position
    for (;;) {
      const byte = this.#bytes[this.position]
      if (byte === undefined) throw malformed(`a number is cut off at byte ${from}`)
      this.position++
      if (byte < 0x80) return
      if (this.position - from >= 10) throw malformed(`a number at byte ${from} has more than 64 bits`)
    }
  }

  /** A length or count. Throws above 2^53. */
  #long(): number {
    const byte = this.#bytes[this.position] ?? 0x80
    if (byte < 0x80) {
      this.position++
      return (byte >>> 1) ^ -(byte & 1)
    }
    const { value, next } = readLong(this.#bytes, this.position)
    this.position = next
    return value
  }

  walk(node: AvroNode, tree: FieldTree | undefined, depth = 0): void {
    if (depth > maxDepth) throw malformed(`values are nested deeper than ${maxDepth}`)
    const start = this.position
    this.#value(node, tree, depth)
    if (tree !== undefined && tree.leaves.length > 0 && this.#onField !== null && node.kind !== 'union') {
      for (const path of tree.leaves) this.#onField(path, { start, end: this.position, node })
    }
  }

  // oxlint-disable-next-line complexity -- one case for each kind
  #value(node: AvroNode, tree: FieldTree | undefined, depth: number): void {
    switch (node.kind) {
      case 'null':
        return
      case 'boolean':
        return this.#skip(1)
      case 'int':
      case 'long':
        return this.#skipVarint()
      case 'float':
        return this.#skip(4)
      case 'double':
        return this.#skip(8)
      case 'bytes':
      case 'string':
        return this.#skip(this.#long())
      case 'fixed':
        return this.#skip(node.sizeBytes)
      case 'enum': {
        const index = this.#long()
        if (index < 0 || index >= node.symbols.length) throw malformed(`${node.name} has no symbol ${index}`)
        return
      }
      case 'union': {
        const index = this.#long()
        const branch = node.branches[index]
        if (branch === undefined) throw malformed(`a union of ${node.branches.length} has no branch ${index}`)
        return this.walk(branch, tree, depth + 1)
      }
      case 'record':
        return this.#record(node, planOf(node, tree), depth)
      case 'array':
        return this.#blocks(() => this.walk(node.items, tree?.children.get('[]'), depth + 1))
      case 'map':
        return this.#blocks(() => {
          this.#skip(this.#long())
          this.walk(node.values, tree?.children.get('[]'), depth + 1)
        })
    }
  }

  /** Most fields are numbers, or numbers that may be null: these are passed over without a call. */
  #record(node: RecordNode, { steps, trees }: RecordPlan, depth: number): void {
    const { fields } = node
    for (let index = 0; index < fields.length; index++) {
      const step = steps[index] ?? asItIs
      const branch = step < 0 ? this.#bytes[this.position] : 0
      if (step === asItIs || (step < 0 && branch !== 0 && branch !== 2)) {
        const field = fields[index]
        if (field !== undefined) this.walk(field.node, trees?.[index], depth + 1)
        continue
      }
      if (step < 0) this.position++
      if (step < 0 && branch === 0) continue
      const size = step < 0 ? -step : step
      if (size === varintStep) this.#skipVarint()
      else this.#skip(size)
    }
  }

  #blocks(item: () => void): void {
    for (;;) {
      let count = this.#long()
      if (count === 0) return
      if (count < 0) {
        count = -count
        this.#long()
      }
      for (let index = 0; index < count; index++) {
        const before = this.position
        item()
        if (this.position === before && ++this.#emptyItems > maxEmptyItems)
          throw malformed(`more than ${maxEmptyItems} items without bytes`)
      }
    }
  }
}

type RecordNode = AvroNode & { readonly kind: 'record' }

/** For each field: its size, or `varintStep`; negative where null is its first branch and the other one the second; or `asItIs`. */
interface RecordPlan {
  readonly steps: Int16Array
  readonly trees: readonly (FieldTree | undefined)[] | null
}

const asItIs = 0
const varintStep = 1_000
const plainPlans = new WeakMap<AvroNode, RecordPlan>()

function planOf(node: RecordNode, tree: FieldTree | undefined): RecordPlan {
  const plans = tree?.plans ?? plainPlans
  let plan = plans.get(node)
  if (plan === undefined) {
    const trees = tree === undefined ? null : node.fields.map(({ name }) => tree.children.get(name))
    const steps = node.fields.map((field, index) =>
      trees?.[index] === undefined ? stepOf(field.node) : asItIs,
    )
    plan = { steps: Int16Array.from(steps), trees }
    plans.set(node, plan)
  }
  return plan
}

function stepOf(node: AvroNode): number {
  if (node.kind !== 'union') return sizeOf(node)
  const [first, second] = node.branches
  return first?.kind === 'null' && second !== undefined ? -sizeOf(second) : asItIs
}

function sizeOf(node: AvroNode): number {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the other kinds are walked over
  switch (node.kind) {
    case 'boolean':
      return 1
    case 'float':
      return 4
    case 'double':
      return 8
    case 'int':
    case 'long':
      return varintStep
    default:
      return asItIs
  }
}

/** Zig-zag varint as a number. Throws STREAM_MESSAGE_MALFORMED when it is cut off or above 2^53. */
export function readLong(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0
  let scale = 1
  for (let index = at; index < at + 10; index++) {
    const byte = bytes[index]
    if (byte === undefined) throw malformed(`a number is cut off at byte ${at}`)
    value += (byte & 0x7f) * scale
    if (byte < 0x80) {
      if (value > Number.MAX_SAFE_INTEGER) throw malformed(`a length at byte ${at} is above 2^53`)
      const half = Math.floor(value / 2)
      return { value: value % 2 === 0 ? half : -half - 1, next: index + 1 }
    }
    scale *= 128
  }
  throw malformed(`a number at byte ${at} has more than 64 bits`)
}

/** All 64 bits of a zig-zag varint. */
export function readBigLong(bytes: Uint8Array, at: number): bigint {
  let value = 0n
  for (let index = 0; index < 10; index++) {
    const byte = bytes[at + index]
    if (byte === undefined) break
    value |= BigInt(byte & 0x7f) << BigInt(7 * index)
    if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
  }
  throw malformed(`a number at byte ${at} is cut off`)
}

export function encodeLong(value: bigint): Uint8Array {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  const bytes: number[] = []
  do {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    bytes.push(rest > 0n ? low | 0x80 : low)
  } while (rest > 0n)
  return Uint8Array.from(bytes)
}
