import type { NativeType } from './dbr-type.ts'
import type { EpicsTime } from './epics-time.ts'

export type NumberArray = Int16Array | Float32Array | Uint16Array | Uint8Array | Int32Array | Float64Array

/** One element as number or text, several as a typed array (in the machine's byte order) or a list of texts. */
export type CaValue = number | string | NumberArray | readonly string[]

/** Both 0 where the record states none. */
export interface CaLimits {
  readonly low: number
  readonly high: number
}

/** What GR and CTRL forms carry. Units are cut to 7 bytes on the wire; `.EGU` as a string has the whole text. */
export type CaMetadata =
  | {
      readonly kind: 'number'
      readonly units: string
      /** Digits after the point; null for integer types. */
      readonly precision: number | null
      readonly display: CaLimits
      readonly alarm: CaLimits
      readonly warning: CaLimits
      /** null in the GR form. */
      readonly control: CaLimits | null
    }
  | { readonly kind: 'enum'; readonly states: readonly string[] }

/** A value with what its DBR form carried. */
export interface CaReading {
  readonly type: NativeType
  /** Elements in `value`. */
  readonly count: number
  readonly value: CaValue
  /** Alarm status, an index into `alarmStatuses`; 0 in the plain form. */
  readonly status: number
  /** Alarm severity, an index into `alarmSeverities`; 0 in the plain form. */
  readonly severity: number
  /** Only in the time form. */
  readonly time: EpicsTime | null
  /** Only in the GR and CTRL forms of numbers and enums. */
  readonly meta: CaMetadata | null
  /** Only in STSACK_STRING: whether a transient alarm must be acknowledged, and the highest severity not yet acknowledged. */
  readonly acknowledge: { readonly transient: number; readonly severity: number } | null
}
