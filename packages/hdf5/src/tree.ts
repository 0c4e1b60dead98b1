import type { Datatype, NumberType } from './core/datatype.ts'
import type { VirtualMapping } from './core/virtual-mapping.ts'

export type NumberArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array

/** A small value that is complete when the file is created. A plain number is stored as float64, a bigint as int64. */
export type Value = string | number | bigint | readonly string[] | NumberArray

export type Attributes = Readonly<Record<string, Value>>

export interface GroupNode {
  readonly kind: 'group'
  readonly children: Readonly<Record<string, Node>>
  readonly attributes?: Attributes
}

export interface ValueNode {
  readonly kind: 'value'
  readonly value: Value
  /** Shape of an array value, slowest dimension first; absent = one dimension (or a scalar). */
  readonly shape?: readonly number[]
  readonly attributes?: Attributes
}

/** A dataset that grows by whole frames along its first dimension. */
export interface FramesNode {
  readonly kind: 'frames'
  readonly type: NumberType | Extract<Datatype, { kind: 'compound' }>
  /** Shape of one frame, slowest dimension first; [] for one element a frame. */
  readonly frameShape: readonly number[]
  /** The number of frames that room is made for. `finish` cuts the dataset to what was written. */
  readonly frames: number
  /**
   * `contiguous` (default): frames at fixed places, any thread may write any frame.
   * `chunked`: `framesPerChunk` frames a chunk, appended in order, with an unlimited first dimension; `bslz4` chunks hold data
   * compressed by bitshuffle and LZ4 (filter 32008).
   */
  readonly layout?: 'contiguous' | { readonly framesPerChunk: number; readonly filter?: 'none' | 'bslz4' }
  readonly attributes?: Attributes
}

export interface VirtualNode {
  readonly kind: 'virtual'
  readonly type: NumberType | Extract<Datatype, { kind: 'compound' }>
  readonly shape: readonly number[]
  readonly mappings: readonly VirtualMapping[]
  readonly attributes?: Attributes
}

/** Another name for an object of the same file (hard, soft) or of another one. */
export type LinkNode =
  | { readonly kind: 'hard-link'; readonly target: string }
  | { readonly kind: 'soft-link'; readonly target: string }
  | { readonly kind: 'external-link'; readonly file: string; readonly target: string }

export type Node = GroupNode | ValueNode | FramesNode | VirtualNode | LinkNode
