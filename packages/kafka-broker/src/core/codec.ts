import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { ProtocolError } from './protocol-error.ts'

/* Codecs are built from field tables once at load. A field carries the versions in which it is on the wire; outside of
 * them it reads as its default and is not written. From a message's first flexible version on, strings, byte strings
 * and arrays take their compact form and each struct ends with tagged fields. */

/** The version being read or written. */
interface WireVersion {
  readonly version: number
  readonly flexible: boolean
}

/** One field. `Out` is what reading gives, `In` what writing takes; an optional field may be left out when writing. */
export interface Field<Out = unknown, In = Out, Optional extends boolean = boolean> {
  readonly from: number
  readonly to: number
  /** Number of a tagged field, or -1. */
  readonly tag: number
  readonly optional: Optional
  readonly initial: Out
  read(reader: ByteReader, wire: WireVersion): Out
  write(writer: ByteWriter, value: In, wire: WireVersion): void
}

export interface FieldRange {
  /** First version with the field. Default 0. */
  readonly from?: number
  /** Last version with the field. Default: the newest. */
  readonly to?: number
  readonly tag?: number
}

export type FieldMap = Readonly<Record<string, Field>>
type OutOf<F> = F extends Field<infer Out, infer _In, infer _Optional> ? Out : never
type InOf<F> = F extends Field<infer _Out, infer In, infer _Optional> ? In : never
type OptionalKeys<M extends FieldMap> = {
  [K in keyof M]: M[K] extends { readonly optional: true } ? K : never
}[keyof M]
/** What decoding a struct gives: every field. */
export type Decoded<M extends FieldMap> = { -readonly [K in keyof M]: OutOf<M[K]> }
/** What encoding a struct takes: fields with a default may be missing. */
export type Encodable<M extends FieldMap> = {
  readonly [K in Exclude<keyof M, OptionalKeys<M>>]: InOf<M[K]>
} & { readonly [K in OptionalKeys<M>]?: InOf<M[K]> | undefined }

interface Primitive<Out, In> {
  readonly zero: Out
  read(reader: ByteReader, wire: WireVersion): Out
  write(writer: ByteWriter, value: In, wire: WireVersion): void
}

interface FieldBuilder<Out, In> {
  (options: FieldRange & ({ readonly default: Out } | { readonly tag: number })): Field<Out, In, true>
  (options?: FieldRange): Field<Out, In, false>
}

function fieldOf<Out, In>(
  primitive: Primitive<Out, In>,
  options: FieldRange & { readonly default?: Out },
): Field<Out, In> {
  const { from = 0, to = Number.MAX_SAFE_INTEGER, tag = -1 } = options
  return {
    from,
    to,
    tag,
    optional: options.default !== undefined || tag >= 0,
    initial: options.default ?? primitive.zero,
    read: (reader, wire) => primitive.read(reader, wire),
    write: (writer, value, wire) => primitive.write(writer, value, wire),
  }
}

function builder<Out, In = Out>(primitive: Primitive<Out, In>): FieldBuilder<Out, In> {
  const build = (options: FieldRange & { readonly default?: Out } = {}): Field<Out, In> =>
    fieldOf(primitive, options)
  return build as FieldBuilder<Out, In>
}

export const int8 = builder<number>({ zero: 0, read: (r) => r.int8(), write: (w, v) => w.int8(v) })
export const int16 = builder<number>({ zero: 0, read: (r) => r.int16(), write: (w, v) => w.int16(v) })
export const int32 = builder<number>({ zero: 0, read: (r) => r.int32(), write: (w, v) => w.int32(v) })
/** 64 bits as a number that saturates at ±(2^53 - 1): offsets, producer ids and milliseconds. */
export const int64 = builder<number>({ zero: 0, read: (r) => r.int64(), write: (w, v) => w.int64(v) })
export const boolean = builder<boolean>({
  zero: false,
  read: (r) => r.boolean(),
  write: (w, v) => w.boolean(v),
})
export const zeroUuid = '00000000-0000-0000-0000-000000000000'
export const uuid = builder<string>({ zero: zeroUuid, read: (r) => r.uuid(), write: (w, v) => w.uuid(v) })

/** Length of what follows, -1 for null: a compact uvarint (length + 1), or the plain form that `plain` reads. */
function readLength(reader: ByteReader, flexible: boolean, plain: 'int16' | 'int32'): number {
  const length = flexible ? reader.uvarint() - 1 : reader[plain]()
  if (length < -1) throw new ProtocolError(`length ${length}`)
  return length
}

function readString(reader: ByteReader, wire: WireVersion): string | null {
  const length = readLength(reader, wire.flexible, 'int16')
  return length < 0 ? null : reader.utf8(length)
}

function writeString(writer: ByteWriter, value: string | null, wire: WireVersion): void {
  if (value === null) {
    if (wire.flexible) writer.uvarint(0)
    else writer.int16(-1)
    return
  }
  const bytes = writer.utf8(value)
  if (wire.flexible) writer.uvarint(bytes.byteLength + 1)
  else writer.int16(bytes.byteLength)
  writer.raw(bytes)
}

function present<T>(value: T | null): T {
  if (value === null) throw new ProtocolError('null where a value is required')
  return value
}

export const string = builder<string>({
  zero: '',
  read: (r, wire) => present(readString(r, wire)),
  write: writeString,
})
export const nullableString = builder<string | null>({ zero: null, read: readString, write: writeString })

function readBytes(reader: ByteReader, wire: WireVersion): Uint8Array | null {
  const length = readLength(reader, wire.flexible, 'int32')
  return length < 0 ? null : reader.view(length)
}

function writeBytesLength(writer: ByteWriter, length: number, wire: WireVersion): void {
  if (wire.flexible) writer.uvarint(length + 1)
  else writer.int32(length)
}

function writeBytes(writer: ByteWriter, value: Uint8Array, wire: WireVersion): void {
  writeBytesLength(writer, value.byteLength, wire)
  writer.raw(value)
}

/** A byte string. Reading gives a view into the request. */
export const bytes = builder<Uint8Array>({
  zero: new Uint8Array(0),
  read: (r, wire) => present(readBytes(r, wire)),
  write: writeBytes,
})

/** Record batches: read as one view, written from the pieces in which they are held. */
export const records = builder<Uint8Array | null, readonly Uint8Array[] | null>({
  zero: null,
  read: readBytes,
  write: (writer, value, wire) => {
    if (value === null) {
      writeBytesLength(writer, -1, wire)
      return
    }
    let length = 0
    for (const piece of value) length += piece.byteLength
    writeBytesLength(writer, length, wire)
    for (const piece of value) writer.raw(piece)
  },
})

function readArray<Out>(
  reader: ByteReader,
  wire: WireVersion,
  element: Pick<Field<Out>, 'read'>,
): Out[] | null {
  const count = readLength(reader, wire.flexible, 'int32')
  if (count < 0) return null
  // No element is shorter than one byte, so a false count is found before anything grows.
  if (count > reader.remaining) throw new ProtocolError(`${count} elements in ${reader.remaining} bytes`)
  const values: Out[] = []
  for (let i = 0; i < count; i++) values.push(element.read(reader, wire))
  return values
}

function arrayPrimitive<Out, In>(element: Field<Out, In>): Primitive<Out[], readonly In[]> {
  return {
    zero: [],
    read: (reader, wire) => present(readArray(reader, wire, element)),
    write: (writer, values, wire) => {
      writeBytesLength(writer, values.length, wire)
      for (const value of values) element.write(writer, value, wire)
    },
  }
}

export function array<Out, In>(
  element: Field<Out, In>,
  options?: FieldRange,
): Field<Out[], readonly In[], false> {
  return builder(arrayPrimitive(element))(options)
}

/** An array that may be left out when writing. */
export function optionalArray<Out, In>(
  element: Field<Out, In>,
  options: FieldRange = {},
): Field<Out[], readonly In[], true> {
  return builder(arrayPrimitive(element))({ ...options, default: [] })
}

export function nullableArray<Out, In>(
  element: Field<Out, In>,
  options?: FieldRange,
): Field<Out[] | null, readonly In[] | null, true> {
  const primitive = arrayPrimitive(element)
  const field = fieldOf<Out[] | null, readonly In[] | null>(
    {
      zero: null,
      read: (reader, wire) => readArray(reader, wire, element),
      write: (writer, values, wire) => {
        if (values === null) writeBytesLength(writer, -1, wire)
        else primitive.write(writer, values, wire)
      },
    },
    options ?? {},
  )
  return { ...field, optional: true }
}

/** The fields of a struct that are on the wire in one version. */
interface Layout {
  readonly plain: readonly (readonly [name: string, field: Field])[]
  readonly tagged: readonly (readonly [name: string, field: Field])[]
  readonly absent: readonly (readonly [name: string, field: Field])[]
}

function layoutOf(fields: FieldMap, version: number): Layout {
  const entries = Object.entries(fields)
  const here = ([, field]: readonly [string, Field]): boolean => version >= field.from && version <= field.to
  const tagged = entries.filter((entry) => here(entry) && entry[1].tag >= 0)
  return {
    plain: entries.filter((entry) => here(entry) && entry[1].tag < 0),
    tagged: tagged.toSorted((a, b) => a[1].tag - b[1].tag),
    absent: entries.filter((entry) => !here(entry)),
  }
}

function readTagged(
  reader: ByteReader,
  wire: WireVersion,
  into: { layout: Layout; out: Record<string, unknown> },
): void {
  for (let count = reader.uvarint(); count > 0; count--) {
    const tag = reader.uvarint()
    const payload = reader.view(reader.uvarint())
    const known = into.layout.tagged.find(([, field]) => field.tag === tag)
    if (known !== undefined) into.out[known[0]] = known[1].read(new ByteReader(payload), wire)
  }
}

function structPrimitive<M extends FieldMap>(fields: M): Primitive<Decoded<M>, Encodable<M>> {
  const layouts: (Layout | undefined)[] = []
  const layoutAt = (version: number): Layout => (layouts[version] ??= layoutOf(fields, version))
  return {
    zero: Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [name, field.initial]),
    ) as Decoded<M>,
    read(reader, wire) {
      const layout = layoutAt(wire.version)
      const out: Record<string, unknown> = {}
      for (const [name, field] of layout.plain) out[name] = field.read(reader, wire)
      for (const [name, field] of layout.absent) out[name] = field.initial
      for (const [name, field] of layout.tagged) out[name] = field.initial
      if (wire.flexible) readTagged(reader, wire, { layout, out })
      return out as Decoded<M>
    },
    write(writer, value, wire) {
      const layout = layoutAt(wire.version)
      const values = value as Readonly<Record<string, unknown>>
      for (const [name, field] of layout.plain) field.write(writer, values[name] ?? field.initial, wire)
      if (!wire.flexible) return
      const tagged = layout.tagged.filter(([name]) => values[name] !== undefined)
      writer.uvarint(tagged.length)
      for (const [name, field] of tagged) {
        const payload = new ByteWriter()
        field.write(payload, values[name], wire)
        writer.uvarint(field.tag)
        writer.uvarint(payload.size)
        for (const chunk of payload.chunks()) writer.raw(chunk)
      }
    },
  }
}

export function struct<M extends FieldMap>(fields: M): Field<Decoded<M>, Encodable<M>, false> {
  return { ...fieldOf(structPrimitive(fields), {}), optional: false }
}

/** A struct in a tagged field: null when the tag is not there. */
export function taggedStruct<M extends FieldMap>(
  fields: M,
  options: FieldRange & { readonly tag: number },
): Field<Decoded<M> | null, Encodable<M>, true> {
  const field = fieldOf<Decoded<M> | null, Encodable<M>>({ ...structPrimitive(fields), zero: null }, options)
  return { ...field, optional: true }
}

export interface MessageShape {
  readonly key: number
  /** First and last version that this codec knows. */
  readonly versions: readonly [first: number, last: number]
  /** First version with compact forms and tagged fields; absent when there is none. */
  readonly flexibleFrom?: number
}

export interface MessageDecoder<Out> {
  readonly shape: MessageShape
  decode(reader: ByteReader, version: number): Out
}

export interface MessageEncoder<In> {
  readonly shape: MessageShape
  encode(writer: ByteWriter, value: In, version: number): void
}

/** The codec of one request or response in all its versions. */
export interface MessageCodec<Out = unknown, In = Out> extends MessageDecoder<Out>, MessageEncoder<In> {}

/** The value that decoding gives. */
export type MessageOf<C> = C extends MessageCodec<infer Out, infer _In> ? Out : never
export function isFlexible(shape: MessageShape, version: number): boolean {
  return shape.flexibleFrom !== undefined && version >= shape.flexibleFrom
}

export function message<M extends FieldMap>(
  shape: MessageShape,
  fields: M,
): MessageCodec<Decoded<M>, Encodable<M>> {
  const primitive = structPrimitive(fields)
  const wires: WireVersion[] = []
  const wireOf = (version: number): WireVersion =>
    (wires[version] ??= { version, flexible: isFlexible(shape, version) })
  return {
    shape,
    decode: (reader, version) => primitive.read(reader, wireOf(version)),
    encode: (writer, value, version) => primitive.write(writer, value, wireOf(version)),
  }
}
