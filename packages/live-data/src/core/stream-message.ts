import type { NumberVector } from '@beamtime/stream-formats'
import type { DataArray } from '../data/data-array.ts'

/** One message of a stream, decoded. `timeNs` is what the clock of the data goes by. */
export type StreamMessage = EventsMessage | CountsMessage | ImageMessage | LogMessage | RoiMessage

interface StreamItem {
  /** The instrument's own name of the stream. */
  readonly stream: string
  readonly timeNs: bigint
  /** Of the message, for bounds on what is kept. */
  readonly sizeBytes: number
}

/** Neutrons: when after the pulse, and where. Views of the message's bytes where they are aligned. */
export interface EventsMessage extends StreamItem {
  readonly kind: 'detector-events' | 'monitor-events'
  /** ns after the pulse; may be negative. */
  readonly toa: Int32Array
  /** Empty where a monitor has no pixels. */
  readonly pixel: Int32Array
}

/** A histogram counted elsewhere (da00 of a beam monitor). */
export interface CountsMessage extends StreamItem {
  readonly kind: 'monitor-counts'
  readonly histogram: DataArray
}

export interface ImageMessage extends StreamItem {
  readonly kind: 'image'
  readonly shape: readonly number[]
  readonly values: NumberVector
}

/** Number type of a series, after scipp's widening. */
export type LogType = 'int32' | 'int64' | 'float32' | 'float64'

export interface LogMessage extends StreamItem {
  readonly kind: 'log'
  /** Of the process variable on the wire, which a device's parts are told apart by. */
  readonly source: string
  readonly value: number
  readonly type: LogType
  /** Of a motor: where it was told to go, and 1 when it stands. */
  readonly target?: number
  readonly idle?: number
}

/** What a person drew on a detector image. */
export interface RoiMessage extends StreamItem {
  readonly kind: 'roi'
  readonly jobNumber: string
  readonly geometry: RoiGeometry
}

export type RoiGeometry =
  | { readonly kind: 'rectangles'; readonly rectangles: readonly Rectangle[]; readonly request: DataArray }
  | { readonly kind: 'polygons'; readonly polygons: readonly Polygon[]; readonly request: DataArray }

export interface Rectangle {
  /** 0..3 */
  readonly index: number
  readonly x: readonly [min: number, max: number]
  readonly y: readonly [min: number, max: number]
}

export interface Polygon {
  /** 4..7 */
  readonly index: number
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** Kinds whose completeness closes a window; the others ride along. */
export function isGated(message: StreamMessage): boolean {
  return message.kind !== 'log' && message.kind !== 'roi'
}
