/* What is in a file, as plain data. Numbers are those of the HDF5 library: classes, byte orders, character sets. */

/** Type of an element. `size` in bytes, `order` 0 little 1 big endian, `sign` 0 unsigned 1 signed. */
export type ElementType =
  | { readonly class: 0; readonly size: number; readonly order: 0 | 1; readonly sign: 0 | 1 }
  | { readonly class: 1; readonly size: number; readonly order: 0 | 1 }
  /** Text: `cset` 0 ASCII 1 UTF-8; `strPad` 0 null-terminated 1 null-padded 2 space-padded. */
  | {
      readonly class: 3
      readonly size: number
      readonly cset: number
      readonly strPad: number
      readonly vlen: boolean
    }
  | { readonly class: 6; readonly size: number; readonly members: readonly CompoundMemberType[] }
  | {
      readonly class: 8
      readonly size: number
      readonly members: Readonly<Record<string, number>>
      readonly base: ElementType
    }
  | { readonly class: 9; readonly size: number; readonly base: ElementType }
  | {
      readonly class: 10
      readonly size: number
      readonly dims: readonly number[]
      readonly base: ElementType
    }
  /** Time, bit field, opaque, reference. */
  | { readonly class: 2 | 4 | 5 | 7; readonly size: number }

export interface CompoundMemberType {
  readonly name: string
  readonly type: ElementType
}

export interface AttributeInfo {
  readonly name: string
  /** [] of a scalar, null of an empty attribute. */
  readonly shape: readonly number[] | null
  readonly type: ElementType
}

/** What a name of a group stands for. */
export type Child =
  | { readonly name: string; readonly kind: 'group' | 'dataset' | 'datatype' }
  | { readonly name: string; readonly kind: 'soft_link'; readonly target_path: string }
  | {
      readonly name: string
      readonly kind: 'external_link'
      readonly target_file: string
      readonly target_path: string
    }

export interface DatasetInfo {
  readonly kind: 'dataset'
  readonly name: string
  /** [] of a scalar, null of an empty dataset. */
  readonly shape: readonly number[] | null
  /** null = unlimited. */
  readonly maxShape: readonly (number | null)[] | null
  readonly type: ElementType
  readonly chunks: readonly number[] | null
  readonly filters: readonly { readonly id: number; readonly name: string }[] | null
  /** Files and datasets that a virtual dataset is made of. */
  readonly virtualSources?: readonly { readonly file: string; readonly dataset: string }[]
  readonly attributes: readonly AttributeInfo[]
}

/** An object of a file. Valid soft and external links are followed; a broken one is itself. */
export type Entity =
  | {
      readonly kind: 'group'
      readonly name: string
      /** One level, in the order of their names. */
      readonly children: readonly Child[]
      readonly attributes: readonly AttributeInfo[]
    }
  | DatasetInfo
  | {
      readonly kind: 'datatype'
      readonly name: string
      readonly type: ElementType
      readonly attributes: readonly AttributeInfo[]
    }
  | { readonly kind: 'soft_link'; readonly name: string; readonly target_path: string }
  | {
      readonly kind: 'external_link'
      readonly name: string
      readonly target_file: string
      readonly target_path: string
    }

export type TypedNumbers =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>

/** A value that JSON can say; 64-bit integers are bigint, opaque values and references arrays of bytes. */
export type PlainValue = string | number | bigint | boolean | readonly PlainValue[]

/** Elements of a selection, in C order and the byte order of this machine. */
export type Values =
  /** Integers, floats (float16 as float32, x87 long double as float64), enums (their numbers), bit fields of 1 to 8 bytes. */
  | { readonly kind: 'numbers'; readonly shape: readonly number[]; readonly data: TypedNumbers }
  /** Text, compounds (a list of the members' values), variable-length and array types: one entry an element. */
  | { readonly kind: 'values'; readonly shape: readonly number[]; readonly data: readonly PlainValue[] }
  /** Opaque values, times and references, one after the other. */
  | {
      readonly kind: 'bytes'
      readonly shape: readonly number[]
      readonly elementBytes: number
      readonly data: Uint8Array<ArrayBuffer>
    }
  /** A dataset without a dataspace. */
  | { readonly kind: 'empty'; readonly shape: null }

/** Of the elements that are finite numbers; null where there are none. */
export interface Statistics {
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
  readonly std: number | null
  /** Smallest above 0, and not below 0. */
  readonly strict_positive_min: number | null
  readonly positive_min: number | null
}
