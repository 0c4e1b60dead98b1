/* The documents of a run, field for field as on the wire (event-model 1.24.0). `+` in the comments: further fields are
 * allowed; `x`: they are refused. Optional fields may be absent, never undefined on the wire. */

import type { NdArray, NumericArray } from './nd-array.ts'
import type { UnixSeconds } from './time.ts'

/** One column of a page: a list, a typed array, or an n-dimensional array whose first axis is the row. */
export type Column = readonly unknown[] | NumericArray | NdArray

/** start, + : opens a run. */
export interface RunStart {
  readonly uid: string
  readonly time: UnixSeconds
  readonly scan_id?: number
  readonly sample?: string | Readonly<Record<string, unknown>>
  readonly project?: string
  readonly group?: string
  readonly owner?: string
  readonly data_session?: string
  readonly data_groups?: readonly string[]
  readonly hints?: StartHints
  readonly projections?: readonly Projections[]
  readonly [key: string]: unknown
}

export interface StartHints {
  /** Slow to fast; each entry is [fields, stream] of one axis. */
  readonly dimensions?: readonly (readonly (string | readonly string[])[])[]
  readonly [key: string]: unknown
}

export interface Projections {
  readonly name?: string
  readonly version: string
  readonly configuration: Readonly<Record<string, unknown>>
  readonly projection: Readonly<Record<string, Projection>>
}

export type Projection =
  | { readonly type: 'linked'; readonly location: 'event'; readonly stream: string; readonly field: string }
  | {
      readonly type: 'linked'
      readonly location: 'configuration'
      readonly stream: string
      readonly config_device: string
      readonly config_index: number
      readonly field: string
    }
  | {
      readonly type: 'calculated'
      readonly location: 'event'
      readonly stream: string
      readonly field: string
      readonly calculation: {
        readonly callable: string
        readonly args?: readonly unknown[]
        readonly kwargs?: Readonly<Record<string, unknown>>
      }
    }
  | { readonly type: 'static'; readonly value: unknown }

export type ExitStatus = 'success' | 'abort' | 'fail'

/** stop, + : closes a run. */
export interface RunStop {
  readonly uid: string
  readonly time: UnixSeconds
  readonly run_start: string
  readonly exit_status: ExitStatus
  readonly reason?: string
  /** Distinct seq_num per stream. */
  readonly num_events?: Readonly<Record<string, number>>
  readonly [key: string]: unknown
}

export type Dtype = 'string' | 'number' | 'array' | 'boolean' | 'integer'

export interface LimitsRange {
  readonly low: number | null
  readonly high: number | null
}

/** Limits in the unit of the data key, x. */
export interface Limits {
  readonly control?: LimitsRange | null
  readonly display?: LimitsRange | null
  readonly warning?: LimitsRange | null
  readonly alarm?: LimitsRange | null
  readonly hysteresis?: number | null
  readonly rds?: { readonly time_difference: number; readonly value_difference: number } | null
}

/** What one key of an event's data holds, + . */
export interface DataKey {
  readonly dtype: Dtype
  /** [] is a scalar; null is an unknown or changing length. */
  readonly shape: readonly (number | null)[]
  readonly source: string
  /** Where the data are when they are not in the event; 'STREAM:' for stream_resource data. */
  readonly external?: string
  readonly object_name?: string
  readonly units?: string | null
  readonly precision?: number | null
  readonly choices?: readonly string[]
  readonly dims?: readonly string[]
  readonly dtype_numpy?: string | readonly (readonly [name: string, code: string])[]
  readonly limits?: Limits
  readonly [key: string]: unknown
}

export interface ObjectConfiguration {
  readonly data?: Readonly<Record<string, unknown>>
  readonly timestamps?: Readonly<Record<string, unknown>>
  readonly data_keys?: Readonly<Record<string, DataKey>>
  readonly [key: string]: unknown
}

export interface ObjectHints {
  readonly fields?: readonly string[]
  readonly NX_class?: string
  readonly [key: string]: unknown
}

/** descriptor, + : opens a stream, or describes it anew after a change of configuration. */
export interface EventDescriptor {
  readonly uid: string
  readonly time: UnixSeconds
  readonly run_start: string
  readonly name?: string
  readonly data_keys: Readonly<Record<string, DataKey>>
  readonly configuration?: Readonly<Record<string, ObjectConfiguration>>
  readonly object_keys?: Readonly<Record<string, readonly string[]>>
  readonly hints?: Readonly<Record<string, ObjectHints>>
  readonly object_classes?: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}

/** event, x: one row of a stream. */
export interface Event {
  readonly uid: string
  readonly time: UnixSeconds
  readonly descriptor: string
  readonly seq_num: number
  readonly data: Readonly<Record<string, unknown>>
  readonly timestamps: Readonly<Record<string, UnixSeconds>>
  /** false: still external; a datum_id: was filled from there. */
  readonly filled?: Readonly<Record<string, boolean | string>>
}

/** event_page, x: many rows of one descriptor as columns, all of one length. */
export interface EventPage {
  readonly uid: readonly string[]
  readonly time: readonly UnixSeconds[]
  readonly seq_num: readonly number[]
  readonly descriptor: string
  readonly data: Readonly<Record<string, Column>>
  readonly timestamps: Readonly<Record<string, Column>>
  readonly filled?: Readonly<Record<string, readonly (boolean | string)[]>>
}

/** resource, x: a file or group of files with external data (older form). */
export interface Resource {
  readonly uid: string
  readonly spec: string
  readonly root: string
  readonly resource_path: string
  readonly resource_kwargs: Readonly<Record<string, unknown>>
  readonly path_semantics?: 'posix' | 'windows'
  readonly run_start?: string
}

/** datum, x: one piece of a resource. */
export interface Datum {
  readonly datum_id: string
  readonly resource: string
  readonly datum_kwargs: Readonly<Record<string, unknown>>
}

/** datum_page, x. */
export interface DatumPage {
  readonly datum_id: readonly string[]
  readonly resource: string
  readonly datum_kwargs: Readonly<Record<string, readonly unknown[]>>
}

/** stream_resource, + : a growing external array of one data key. */
export interface StreamResource {
  readonly uid: string
  readonly data_key: string
  readonly mimetype: string
  readonly uri: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly run_start?: string
  readonly [key: string]: unknown
}

/** Half-open range. */
export interface StreamRange {
  readonly start: number
  readonly stop: number
}

/** stream_datum, + : rows of a stream_resource that are now there. */
export interface StreamDatum {
  readonly uid: string
  readonly stream_resource: string
  readonly descriptor: string
  readonly indices: StreamRange
  readonly seq_nums: StreamRange
  readonly [key: string]: unknown
}

/** bulk_events (deprecated): any key, a list of events of any descriptor. */
export type BulkEvents = Readonly<Record<string, readonly Event[]>>

/** bulk_datum (deprecated), x. */
export interface BulkDatum {
  readonly datum_ids: readonly string[]
  readonly datum_kwarg_list: readonly Readonly<Record<string, unknown>>[]
  readonly resource: string
}

export interface DocumentByName {
  start: RunStart
  stop: RunStop
  descriptor: EventDescriptor
  event: Event
  event_page: EventPage
  resource: Resource
  datum: Datum
  datum_page: DatumPage
  stream_resource: StreamResource
  stream_datum: StreamDatum
  bulk_events: BulkEvents
  bulk_datum: BulkDatum
}

export type DocumentName = keyof DocumentByName

/** A document with its name, as it travels: `switch (named[0])` narrows `named[1]`. */
export type NamedDocument = {
  [N in DocumentName]: readonly [name: N, doc: DocumentByName[N]]
}[DocumentName]

export const documentNames = [
  'start',
  'stop',
  'descriptor',
  'event',
  'event_page',
  'resource',
  'datum',
  'datum_page',
  'stream_resource',
  'stream_datum',
  'bulk_events',
  'bulk_datum',
] as const satisfies readonly DocumentName[]

const nameSet: ReadonlySet<string> = new Set(documentNames)

/** True for the twelve names of documents. */
export function isDocumentName(value: unknown): value is DocumentName {
  return typeof value === 'string' && nameSet.has(value)
}
