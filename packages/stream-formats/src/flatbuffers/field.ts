/** Scalars by their FlatBuffers names; 64-bit integers are bigint, everything else is number (bool: boolean). */
export interface ScalarTypes {
  readonly bool: boolean
  readonly i8: number
  readonly u8: number
  readonly i16: number
  readonly u16: number
  readonly i32: number
  readonly u32: number
  readonly i64: bigint
  readonly u64: bigint
  readonly f32: number
  readonly f64: number
}
export type ScalarName = keyof ScalarTypes

export interface VectorTypes {
  readonly i8: Int8Array
  readonly u8: Uint8Array
  readonly i16: Int16Array
  readonly u16: Uint16Array
  readonly i32: Int32Array
  readonly u32: Uint32Array
  readonly i64: BigInt64Array
  readonly u64: BigUint64Array
  readonly f32: Float32Array
  readonly f64: Float64Array
}
export type VectorName = keyof VectorTypes
export type NumberVector = VectorTypes[VectorName]

export const bytesOf = {
  bool: 1,
  i8: 1,
  u8: 1,
  i16: 2,
  u16: 2,
  i32: 4,
  u32: 4,
  i64: 8,
  u64: 8,
  f32: 4,
  f64: 8,
} as const satisfies Record<ScalarName, number>

export interface ScalarField<N extends ScalarName = ScalarName> {
  readonly kind: 'scalar'
  readonly type: N
  /** Value of an absent field. */
  readonly absent: ScalarTypes[N]
}
export interface TextField<R extends boolean = boolean> {
  readonly kind: 'text'
  readonly required: R
}
export interface VectorField<N extends VectorName = VectorName> {
  readonly kind: 'vector'
  readonly type: N
  readonly required: boolean
  /** Left out by the writer when it has no elements; readers of the format tell it from an empty one. */
  readonly omitEmpty: boolean
}
export interface TextsField {
  readonly kind: 'texts'
}
export interface TableField<F extends Fields = Fields> {
  readonly kind: 'table'
  readonly fields: F
}
export interface TablesField<F extends Fields = Fields> {
  readonly kind: 'tables'
  readonly fields: F
  readonly required: boolean
}
/** Two slots: the number of the member, then its table. */
export interface UnionField<M extends Members = Members> {
  readonly kind: 'union'
  readonly members: M
}
/** Union members by name, in the order of their numbers from 1. */
export type Members = Readonly<Record<string, Fields>>

export type Field = ScalarField | TextField | VectorField | TextsField | TableField | TablesField | UnionField
/** The fields of a table in the order of their slots. */
export type Fields = Readonly<Record<string, Field>>

export type FieldValue<F> =
  F extends ScalarField<infer N>
    ? ScalarTypes[N]
    : F extends TextField<infer R>
      ? R extends true
        ? string
        : string | null
      : F extends VectorField<infer N>
        ? VectorTypes[N]
        : F extends TextsField
          ? readonly string[]
          : F extends TableField<infer T>
            ? TableValue<T> | null
            : F extends TablesField<infer T>
              ? readonly TableValue<T>[]
              : F extends UnionField<infer M>
                ? UnionValue<M> | null
                : never
export type TableValue<F extends Fields> = { readonly [K in keyof F]: FieldValue<F[K]> }
export type UnionValue<M extends Members> = {
  readonly [K in keyof M & string]: { readonly kind: K; readonly table: TableValue<M[K]> }
}[keyof M & string]

/** What a writer takes: every field may be left out but those without which a reader must refuse the message. */
export type TableInput<F extends Fields> = { readonly [K in keyof F]?: FieldInput<F[K]> | undefined }
type FieldInput<F> =
  F extends TableField<infer T>
    ? TableInput<T> | null
    : F extends TablesField<infer T>
      ? readonly TableInput<T>[]
      : F extends UnionField<infer M>
        ?
            | {
                readonly [K in keyof M & string]: { readonly kind: K; readonly table: TableInput<M[K]> }
              }[keyof M & string]
            | null
        : FieldValue<F>

function scalar<N extends ScalarName>(type: N, absent: ScalarTypes[N]): ScalarField<N> {
  return { kind: 'scalar', type, absent }
}

export const bool = (absent = false): ScalarField<'bool'> => scalar('bool', absent)
export const i8 = (absent = 0): ScalarField<'i8'> => scalar('i8', absent)
export const u8 = (absent = 0): ScalarField<'u8'> => scalar('u8', absent)
export const i16 = (absent = 0): ScalarField<'i16'> => scalar('i16', absent)
export const u16 = (absent = 0): ScalarField<'u16'> => scalar('u16', absent)
export const i32 = (absent = 0): ScalarField<'i32'> => scalar('i32', absent)
export const u32 = (absent = 0): ScalarField<'u32'> => scalar('u32', absent)
export const i64 = (absent = 0n): ScalarField<'i64'> => scalar('i64', absent)
export const u64 = (absent = 0n): ScalarField<'u64'> => scalar('u64', absent)
export const f32 = (absent = 0): ScalarField<'f32'> => scalar('f32', absent)
export const f64 = (absent = 0): ScalarField<'f64'> => scalar('f64', absent)
/** Text; null when absent. */
export const text = (): TextField<false> => ({ kind: 'text', required: false })
export const requiredText = (): TextField<true> => ({ kind: 'text', required: true })
/** Numbers; an absent vector reads as an empty one. */
export const vector = <N extends VectorName>(type: N): VectorField<N> => ({
  kind: 'vector',
  type,
  required: false,
  omitEmpty: false,
})
export const requiredVector = <N extends VectorName>(type: N): VectorField<N> => ({
  kind: 'vector',
  type,
  required: true,
  omitEmpty: false,
})
/** Numbers that stand in a message only when there are any. */
export const optionalVector = <N extends VectorName>(type: N): VectorField<N> => ({
  kind: 'vector',
  type,
  required: false,
  omitEmpty: true,
})
export const texts = (): TextsField => ({ kind: 'texts' })
export const table = <F extends Fields>(fields: F): TableField<F> => ({ kind: 'table', fields })
export const tables = <F extends Fields>(fields: F): TablesField<F> => ({
  kind: 'tables',
  fields,
  required: false,
})
export const requiredTables = <F extends Fields>(fields: F): TablesField<F> => ({
  kind: 'tables',
  fields,
  required: true,
})
export const union = <M extends Members>(members: M): UnionField<M> => ({ kind: 'union', members })
