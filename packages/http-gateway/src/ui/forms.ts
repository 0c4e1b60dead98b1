import type { JsonValue } from '@beamtime/queue-client/wire'

export type FieldKind =
  | 'integer'
  | 'number'
  | 'boolean'
  | 'text'
  | 'select'
  | 'device'
  | 'plan'
  | 'plan-or-device'
  | 'expression'
  | 'list'
  | 'tuple'
  | 'dict'
  | 'union'
  | 'literal'

export interface FormField {
  readonly name: string
  readonly kind: FieldKind
  readonly label: string
  readonly help: string
  readonly required: boolean
  /** Where the value goes: in order into `args`, or by name into `kwargs`. */
  readonly pass: 'args' | 'kwargs'
  /** JSON value of the default, when it has one. */
  readonly default?: JsonValue
  /** The default as Python text, also of a default that JSON cannot carry. */
  readonly defaultText?: string
  /** The value may be null ("unset" chip): Optional[T], T | None. */
  readonly nullable?: boolean
  /** What an empty field means: `default` = leave it out, `null` = send null. */
  readonly unset?: 'default' | 'null'
  readonly min?: number
  readonly max?: number
  readonly step?: number
  readonly unit?: string
  /** select: the values. device, plan, plan-or-device: the allowed names, absent = all of the kind. */
  readonly options?: readonly string[]
  /** device: which devices fit. */
  readonly trait?: 'any' | 'readable' | 'movable' | 'flyable'
  /** list: form of an element. dict: form of a value. */
  readonly item?: FormField
  /** tuple: one form per place. union: one form per choice. */
  readonly variants?: readonly FormField[]
  /** list: `set` values are unique. */
  readonly unique?: boolean
  /** Fields of one group belong together: a motor with its start and stop takes unit and limits from the motor. */
  readonly group?: string
  /** Python text of the annotation, for the tooltip. */
  readonly type?: string
  /** Shown first (false) or under "optional" (true). */
  readonly advanced: boolean
}

/** `*args`: a table whose row is `pattern`, flattened into `args` row after row. */
export interface FormVarargs {
  readonly name: string
  readonly label: string
  readonly help: string
  readonly pattern: readonly FormField[]
  /** Fields given once after the rows, e.g. the number of points where `scan` takes it at the end of its arguments. */
  readonly tail: readonly FormField[]
  /** Rows. */
  readonly min: number
  /** True: no known pattern; each element is a free literal. */
  readonly literal: boolean
  /** Places of the pattern that the first row does not have, e.g. `snake` of grid_scan. */
  readonly notInFirst: readonly string[]
}

/** One element of GET /api/ui/plans (ETag = plans_allowed_uid). */
export interface FormModel {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly group: string
  readonly fields: readonly FormField[]
  readonly varargs?: FormVarargs
  /** `**kwargs`: free keys, merged into `kwargs`. */
  readonly kwargs?: FormField
  /** Changes with the content of this form. */
  readonly uid: string
}

/** Body of POST /api/ui/plans/check. */
export interface PlanCheckRequest {
  readonly item: {
    readonly item_type?: string
    readonly name: string
    readonly args?: readonly unknown[]
    readonly kwargs?: Readonly<Record<string, unknown>>
    readonly meta?: unknown
  }
}
export interface PlanCheck {
  readonly ok: boolean
  /** By path of the value: `num`, `detectors.0`, `args.3`. */
  readonly fieldErrors: Readonly<Record<string, string>>
  /** The whole refusal, or one sentence on what would run. */
  readonly text: string
  readonly points?: number
  readonly seconds?: number
  readonly warnings: readonly string[]
}
