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
}

/** Reads what a path such as `prvDiaSources[].midpointMjdTai` names. */
export function fieldTree(paths: readonly string[]): FieldTree {
  const root: FieldTree = { children: new Map(), leaves: [] }
  paths.forEach((path, index) => {
    let tree = root
    for (const step of path.replaceAll('[]', '.[]').split('.').filter(Boolean)) {
      let next = tree.children.get(step)
      if (next === undefined) {
        next = { children: new Map(), leaves: [] }
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
        for (const field of node.fields) this.walk(field.node, tree?.children.get(field.name), depth + 1)
        return
      case 'array':
        return this.#blocks(() => this.walk(node.items, tree?.children.get('[]'), depth + 1))
      case 'map':
        return this.#blocks(() => {
          this.#skip(this.#long())
          this.walk(node.values, tree?.children.get('[]'), depth + 1)
        })
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
