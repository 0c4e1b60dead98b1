/** One key of a section: type, default, bounds, unit and the sentence that stands in the reference. */
export type FieldSpec =
  | {
      readonly type: 'integer' | 'number'
      readonly default: number | null
      readonly min?: number
      readonly max?: number
      readonly unit?: string
      readonly doc: string
    }
  | {
      readonly type: 'string'
      readonly default: string | null
      readonly doc: string
      readonly secret?: boolean
      readonly pattern?: RegExp
    }
  | { readonly type: 'boolean'; readonly default: boolean; readonly doc: string }
  | {
      readonly type: 'enum'
      readonly values: readonly string[]
      readonly default: string
      readonly doc: string
    }
  | { readonly type: 'string[]'; readonly default: readonly string[]; readonly doc: string }
  | { readonly type: 'table'; readonly default: Readonly<Record<string, unknown>>; readonly doc: string }
  | { readonly type: 'any'; readonly default: unknown; readonly doc: string }

export type Fields = Readonly<Record<string, FieldSpec>>

/** A named table of the configuration file. A name that ends in `.*` stands for one table per name. */
export interface Section<T extends Fields = Fields> {
  readonly name: string
  readonly fields: T
}

type FieldValue<F> = F extends { readonly type: 'integer' | 'number'; readonly default: infer D }
  ? D extends null
    ? number | null
    : number
  : F extends { readonly type: 'string'; readonly default: infer D }
    ? D extends null
      ? string | null
      : string
    : F extends { readonly type: 'boolean' }
      ? boolean
      : F extends { readonly type: 'enum'; readonly values: readonly (infer V)[] }
        ? V
        : F extends { readonly type: 'string[]' }
          ? readonly string[]
          : F extends { readonly type: 'table' }
            ? Readonly<Record<string, unknown>>
            : unknown

/** The values of a section as its service gets them: names as in the file, every key present. */
export type SectionValues<S extends Section> = {
  readonly [K in keyof S['fields']]: FieldValue<S['fields'][K]>
}

/** Declares a section: `section('broker', { … })`, `section('http.auth', …)`, or `section('queue.*', …)`. */
export function section<const T extends Fields>(name: string, fields: T): Section<T> {
  return { name, fields }
}
