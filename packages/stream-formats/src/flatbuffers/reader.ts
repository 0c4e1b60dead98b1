import { malformed } from '../error.ts'
import {
  bytesOf,
  type Field,
  type Fields,
  type NumberVector,
  type ScalarName,
  type TableValue,
  type VectorName,
} from './field.ts'
import { vectorConstructors } from './vector-constructors.ts'

const decoder = new TextDecoder('utf-8')
/** Tables within tables that a message may hold; none of the known schemas has more than 4. */
const maxDepth = 16

/**
 * Reads tables out of one FlatBuffer. Every offset and length is checked against the message, so hostile bytes throw
 * STREAM_MESSAGE_MALFORMED. Number vectors are views of the message where they are aligned, copies where they are not.
 */
export class FlatReader {
  readonly bytes: Uint8Array
  readonly view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  private within(at: number, length: number): number {
    if (at < 0 || length < 0 || at + length > this.bytes.length)
      throw malformed(`an offset points at byte ${at} of ${this.bytes.length}`)
    return at
  }

  private u32At(at: number): number {
    return this.view.getUint32(this.within(at, 4), true)
  }

  /** Position of the root table. */
  root(): number {
    return this.within(this.u32At(0), 4)
  }

  /** Position of a slot's value in the table, or 0 when it is absent. */
  slot(table: number, slot: number): number {
    const vtable = table - this.view.getInt32(this.within(table, 4), true)
    const size = this.view.getUint16(this.within(vtable, 4), true)
    const entry = 4 + slot * 2
    if (entry + 2 > size) return 0
    const offset = this.view.getUint16(this.within(vtable + entry, 2), true)
    return offset === 0 ? 0 : table + offset
  }

  /** Follows the offset that stands at a position. */
  follow(at: number): number {
    return this.within(at + this.u32At(at), 4)
  }

  text(at: number): string {
    const start = this.follow(at)
    const length = this.u32At(start)
    this.within(start + 4, length)
    return decoder.decode(this.bytes.subarray(start + 4, start + 4 + length))
  }

  /** Elements of the vector that a slot points at: their position and number. */
  elements(at: number, elementBytes: number): { readonly start: number; readonly count: number } {
    const vector = this.follow(at)
    const count = this.u32At(vector)
    this.within(vector + 4, count * elementBytes)
    return { start: vector + 4, count }
  }

  numbers<N extends VectorName>(at: number, type: N): InstanceType<(typeof vectorConstructors)[N]>
  numbers(at: number, type: VectorName): NumberVector {
    const size = bytesOf[type]
    const { start, count } = this.elements(at, size)
    const from = this.bytes.byteOffset + start
    const Numbers = vectorConstructors[type]
    if (from % size === 0) return new Numbers(this.bytes.buffer as ArrayBuffer, from, count)
    // Not `slice`: that of a Node Buffer is a view, and a Kafka client hands out Buffers at any offset.
    const copy = new Uint8Array(count * size)
    copy.set(this.bytes.subarray(start, start + count * size))
    return new Numbers(copy.buffer)
  }

  scalar(at: number, type: ScalarName): number | bigint | boolean {
    this.within(at, bytesOf[type])
    switch (type) {
      case 'bool':
        return this.view.getUint8(at) !== 0
      case 'i8':
        return this.view.getInt8(at)
      case 'u8':
        return this.view.getUint8(at)
      case 'i16':
        return this.view.getInt16(at, true)
      case 'u16':
        return this.view.getUint16(at, true)
      case 'i32':
        return this.view.getInt32(at, true)
      case 'u32':
        return this.view.getUint32(at, true)
      case 'i64':
        return this.view.getBigInt64(at, true)
      case 'u64':
        return this.view.getBigUint64(at, true)
      case 'f32':
        return this.view.getFloat32(at, true)
      case 'f64':
        return this.view.getFloat64(at, true)
    }
  }

  table<F extends Fields>(position: number, fields: F, depth = 0): TableValue<F> {
    if (depth > maxDepth) throw malformed(`tables are nested deeper than ${maxDepth}`)
    const value: Record<string, unknown> = {}
    let slot = 0
    for (const [name, field] of Object.entries(fields)) {
      value[name] = this.field(field, { position, slot, name, depth })
      slot += field.kind === 'union' ? 2 : 1
    }
    return value as TableValue<F>
  }

  private field(
    field: Field,
    where: {
      readonly position: number
      readonly slot: number
      readonly name: string
      readonly depth: number
    },
  ): unknown {
    const at = this.slot(where.position, where.slot)
    if (field.kind === 'union') return this.union(field.members, where)
    if (at === 0) return absent(field, where.name)
    switch (field.kind) {
      case 'scalar':
        return this.scalar(at, field.type)
      case 'text':
        return this.text(at)
      case 'vector':
        return this.numbers(at, field.type)
      case 'texts': {
        const { start, count } = this.elements(at, 4)
        return Array.from({ length: count }, (_, index) => this.text(start + index * 4))
      }
      case 'table':
        return this.table(this.follow(at), field.fields, where.depth + 1)
      case 'tables': {
        const { start, count } = this.elements(at, 4)
        return Array.from({ length: count }, (_, index) =>
          this.table(this.follow(start + index * 4), field.fields, where.depth + 1),
        )
      }
    }
  }

  private union(
    members: Readonly<Record<string, Fields>>,
    where: {
      readonly position: number
      readonly slot: number
      readonly name: string
      readonly depth: number
    },
  ): unknown {
    const number = this.slot(where.position, where.slot)
    const at = this.slot(where.position, where.slot + 1)
    const member = number === 0 ? 0 : this.view.getUint8(this.within(number, 1))
    if (member === 0 || at === 0) return null
    const entry = Object.entries(members)[member - 1]
    if (entry === undefined)
      throw malformed(`${where.name} holds member ${member} of a union of ${Object.keys(members).length}`)
    return { kind: entry[0], table: this.table(this.follow(at), entry[1], where.depth + 1) }
  }
}

function absent(field: Exclude<Field, { kind: 'union' }>, name: string): unknown {
  if ('required' in field && field.required) throw malformed(`${name} is missing`)
  switch (field.kind) {
    case 'scalar':
      return field.absent
    case 'text':
    case 'table':
      return null
    case 'vector':
      return new vectorConstructors[field.type](0)
    case 'texts':
    case 'tables':
      return []
  }
}
