import { StreamFormatError } from '../error.ts'
import {
  bytesOf,
  type Field,
  type Fields,
  type NumberVector,
  type ScalarName,
  type TableInput,
} from './field.ts'

const encoder = new TextEncoder()

interface Slot {
  readonly slot: number
  readonly bytes: number
  write(at: number): void
}

/**
 * Writes one FlatBuffer front to back: a table, then what it points at. Vectors start at multiples of 8, so that a reader with an
 * aligned message reads them in place.
 */
export class FlatWriter {
  private bytes: Uint8Array
  private view: DataView
  private length = 8

  constructor(expectedBytes = 1024) {
    this.bytes = new Uint8Array(expectedBytes)
    this.view = new DataView(this.bytes.buffer)
  }

  private reserve(bytes: number, alignment: number, before = 0): number {
    const start = Math.ceil((this.length + before) / alignment) * alignment
    const end = start + bytes
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.bytes.length * 2))
      grown.set(this.bytes.subarray(0, this.length))
      this.bytes = grown
      this.view = new DataView(grown.buffer)
    }
    this.length = end
    return start
  }

  /** The finished message with its identifier in bytes 4 to 7. */
  finish(identifier: string, root: number): Uint8Array {
    this.view.setUint32(0, root, true)
    this.bytes.set(encoder.encode(identifier), 4)
    return this.bytes.slice(0, this.length)
  }

  private pointTo(at: number, target: number): void {
    this.view.setUint32(at, target - at, true)
  }

  table<F extends Fields>(fields: F, value: TableInput<F>): number
  table(fields: Fields, value: Readonly<Record<string, unknown>>): number {
    const slots: Slot[] = []
    let slot = 0
    for (const [name, field] of Object.entries(fields)) {
      const given = value[name]
      if (given !== undefined && given !== null) slots.push(...this.slots(field, { name, slot, given }))
      else if ('required' in field && field.required) throw wrong(`${name} is required`)
      slot += field.kind === 'union' ? 2 : 1
    }
    // Widest first, after the 4-byte reference to the vtable: with the table at 4 modulo 8 everything is aligned without holes.
    slots.sort((a, b) => b.bytes - a.bytes)
    const vtableBytes = 4 + slot * 2
    const position =
      this.reserve(
        slots.reduce((sum, each) => sum + each.bytes, 0),
        8,
        vtableBytes + 4,
      ) - 4
    const vtable = position - vtableBytes
    this.view.setInt32(position, vtableBytes, true)
    this.view.setUint16(vtable, vtableBytes, true)
    let offset = 4
    for (const each of slots) {
      this.view.setUint16(vtable + 4 + each.slot * 2, offset, true)
      offset += each.bytes
    }
    this.view.setUint16(vtable + 2, offset, true)
    offset = 4
    for (const each of slots) {
      each.write(position + offset)
      offset += each.bytes
    }
    return position
  }

  private slots(
    field: Field,
    { name, slot, given }: { readonly name: string; readonly slot: number; readonly given: unknown },
  ): Slot[] {
    switch (field.kind) {
      case 'scalar':
        return [
          {
            slot,
            bytes: bytesOf[field.type],
            write: (at) => this.scalar(at, field.type, given as number | bigint | boolean),
          },
        ]
      case 'text':
        return [this.reference(slot, () => this.text(String(given)))]
      case 'vector':
        if (field.omitEmpty && (given as NumberVector).length === 0) return []
        return [this.reference(slot, () => this.vector(given as NumberVector, bytesOf[field.type]))]
      case 'texts':
        return [
          this.reference(slot, () =>
            this.references((given as readonly string[]).map((each) => () => this.text(each))),
          ),
        ]
      case 'table':
        return [this.reference(slot, () => this.table(field.fields, given as TableInput<Fields>))]
      case 'tables':
        return [
          this.reference(slot, () =>
            this.references(
              (given as readonly TableInput<Fields>[]).map((each) => () => this.table(field.fields, each)),
            ),
          ),
        ]
      case 'union': {
        const { kind, table } = given as { readonly kind: string; readonly table: TableInput<Fields> }
        const number = Object.keys(field.members).indexOf(kind) + 1
        const fields = field.members[kind]
        if (fields === undefined)
          throw wrong(`${name} has no member ${kind}; members are ${Object.keys(field.members).join(', ')}`)
        return [
          { slot, bytes: 1, write: (at) => this.view.setUint8(at, number) },
          this.reference(slot + 1, () => this.table(fields, table)),
        ]
      }
    }
  }

  private reference(slot: number, write: () => number): Slot {
    return {
      slot,
      bytes: 4,
      write: (at) => {
        const target = write()
        this.pointTo(at, target)
      },
    }
  }

  private references(writers: readonly (() => number)[]): number {
    const start = this.reserve(4 + writers.length * 4, 4)
    this.view.setUint32(start, writers.length, true)
    writers.forEach((write, index) => {
      const target = write()
      this.pointTo(start + 4 + index * 4, target)
    })
    return start
  }

  private text(value: string): number {
    const text = encoder.encode(value)
    const start = this.reserve(4 + text.length + 1, 4)
    this.view.setUint32(start, text.length, true)
    this.bytes.set(text, start + 4)
    return start
  }

  private vector(values: NumberVector, elementBytes: number): number {
    if (values.BYTES_PER_ELEMENT !== elementBytes)
      throw wrong(`a vector of ${elementBytes}-byte elements was given ${values.constructor.name}`)
    // Elements, which follow the 4-byte length, at a multiple of 8.
    const start = this.reserve(values.byteLength, 8, 4) - 4
    this.view.setUint32(start, values.length, true)
    this.bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), start + 4)
    return start
  }

  private scalar(at: number, type: ScalarName, value: number | bigint | boolean): void {
    switch (type) {
      case 'bool':
        return this.view.setUint8(at, Number(value))
      case 'i8':
        return this.view.setInt8(at, Number(value))
      case 'u8':
        return this.view.setUint8(at, Number(value))
      case 'i16':
        return this.view.setInt16(at, Number(value), true)
      case 'u16':
        return this.view.setUint16(at, Number(value), true)
      case 'i32':
        return this.view.setInt32(at, Number(value), true)
      case 'u32':
        return this.view.setUint32(at, Number(value), true)
      case 'i64':
        return this.view.setBigInt64(at, BigInt(value), true)
      case 'u64':
        return this.view.setBigUint64(at, BigInt(value), true)
      case 'f32':
        return this.view.setFloat32(at, Number(value), true)
      case 'f64':
        return this.view.setFloat64(at, Number(value), true)
    }
  }
}

function wrong(message: string): StreamFormatError {
  return new StreamFormatError({
    code: 'STREAM_VALUE_WRONG',
    message,
    remedy: 'Give the fields that the schema names.',
  })
}
