import { configErrorOf, type ConfigProblem, type SourcePosition } from './config-error.ts'
import type { FieldSpec, Fields, Section, SectionValues } from './config-section.ts'
import { nearestName } from './nearest-name.ts'
import { isReference, resolveReference } from './secret-reference.ts'

const textMark = Symbol('configuration text')

/** A value that came as text (from the environment) and takes the type of its key when it is read. */
export interface ConfigText {
  readonly [textMark]: string
}

/** Marks a text whose type the key decides: numbers, `true`/`false`, JSON or comma-separated lists. */
export function configText(text: string): ConfigText {
  return { [textMark]: text }
}

function isConfigText(value: unknown): value is ConfigText {
  return typeof value === 'object' && value !== null && textMark in value
}

/** What a reading knows about the place its values came from. */
export interface ConfigPlace {
  /** Dotted name of the table, e.g. `queue.main`. */
  readonly key: string
  /** Position of a key below the table; null when unknown. */
  readonly locate?: (path: readonly string[]) => SourcePosition | null
  /** Names of tables below this one that are sections of their own, hence no keys. */
  readonly subsections?: readonly string[]
  /** Values of %D (data), %S, %L, %C and %t at the start of a text. */
  readonly variables?: Readonly<Record<string, string>>
  /** Where env: references are looked up. Default process.env. */
  readonly environment?: NodeJS.ProcessEnv
}

export interface SectionReading<S extends Section> {
  readonly values: SectionValues<S>
  readonly problems: readonly ConfigProblem[]
}

interface Reading {
  readonly place: ConfigPlace
  readonly problems: ConfigProblem[]
}

type Checked =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly what: string; readonly remedy: string }

/** Reads one table strictly and collects every problem; a bad key keeps its default in the values. */
export function readSection<S extends Section>(
  section: S,
  raw: unknown,
  place: ConfigPlace,
): SectionReading<S> {
  const reading: Reading = { place, problems: [] }
  const table = raw === undefined ? {} : raw
  if (!isTable(table)) {
    report(reading, [], { what: `is ${kindOf(table)}, not a table`, remedy: `write [${place.key}]` })
    return { values: defaultsOf(section.fields, place) as SectionValues<S>, problems: reading.problems }
  }
  for (const name of Object.keys(table)) {
    if (Object.hasOwn(section.fields, name) || place.subsections?.includes(name) === true) continue
    report(reading, [name], unknownKey(name, section.fields))
  }
  const values = defaultsOf(section.fields, place)
  for (const [name, field] of Object.entries(section.fields)) {
    if (!Object.hasOwn(table, name)) continue
    const checked = readField(field, table[name], place)
    if (checked.ok) values[name] = checked.value
    else report(reading, [name], checked)
  }
  return { values: values as SectionValues<S>, problems: reading.problems }
}

/** As {@link readSection}, but throws CONFIG_INVALID with every problem at once. */
export function parseSection<S extends Section>(
  section: S,
  raw: unknown,
  place: ConfigPlace,
): SectionValues<S> {
  const { values, problems } = readSection(section, raw, place)
  if (problems.some((problem) => problem.severity === 'error')) throw configErrorOf(problems)
  return values
}

function report(reading: Reading, path: readonly string[], problem: { what: string; remedy: string }): void {
  reading.problems.push({
    severity: 'error',
    key: [reading.place.key, ...path].join('.'),
    position: reading.place.locate?.(path) ?? null,
    what: problem.what,
    remedy: problem.remedy,
  })
}

function unknownKey(name: string, fields: Fields): { what: string; remedy: string } {
  const near = nearestName(name, Object.keys(fields))
  return {
    what: 'unknown key',
    remedy: near === null ? `remove it; known: ${Object.keys(fields).join(', ')}` : `did you mean ${near}?`,
  }
}

function defaultsOf(fields: Fields, place: ConfigPlace): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) values[name] = defaultValue(field.default, place)
  return values
}

/** A default that refers to an unset variable is the empty text: the service then makes its own value. */
function defaultValue(value: unknown, place: ConfigPlace): unknown {
  if (typeof value === 'string') {
    const resolved = resolveReference(value, place.environment ?? process.env)
    if (resolved.kind === 'value') return resolved.value
    return resolved.kind === 'literal' ? expandVariables(value, place) : ''
  }
  return mapTexts(value, (text) => expandVariables(text, place))
}

/** Replaces %D, %S, %L, %C or %t at the start of a text. */
function expandVariables(text: string, place: ConfigPlace): string {
  const name = /^%[DSLCt](?=\/|$)/.exec(text)?.[0]
  const value = name === undefined ? undefined : place.variables?.[name]
  return name === undefined || value === undefined ? text : value + text.slice(name.length)
}

function mapTexts(value: unknown, map: (text: string) => unknown): unknown {
  if (typeof value === 'string') return map(value)
  if (Array.isArray(value)) return value.map((entry) => mapTexts(entry, map))
  if (!isTable(value) || isConfigText(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, mapTexts(entry, map)]))
}

function readField(field: FieldSpec, raw: unknown, place: ConfigPlace): Checked {
  let failure: Checked | null = null
  let value = mapTexts(isConfigText(raw) ? raw[textMark] : raw, (text) => {
    const resolved = resolveReference(text, place.environment ?? process.env)
    if (resolved.kind === 'value') return resolved.value
    if (resolved.kind !== 'literal') failure = { ok: false, what: resolved.what, remedy: resolved.remedy }
    return expandVariables(text, place)
  })
  if (failure !== null) return failure
  // A reference and the environment give text, whatever the key's type is.
  const cameAsText = isConfigText(raw) || (typeof raw === 'string' && isReference(raw))
  if (cameAsText && typeof value === 'string') value = typedText(field, value)
  return checkValue(field, value)
}

/** Text as the type of its key; left as it is when it does not read so, which the check then reports. */
function typedText(field: FieldSpec, text: string): unknown {
  switch (field.type) {
    case 'string':
    case 'enum':
      return text
    case 'integer':
    case 'number':
      return /^[+-]?(\d[\d_]*)?\.?\d+([eE][+-]?\d+)?$/.test(text) ? Number(text.replaceAll('_', '')) : text
    case 'boolean':
      return truths.get(text) ?? text
    case 'string[]':
      return text.startsWith('[') ? jsonOr(text) : commaList(text)
    case 'table':
    case 'any':
      return jsonOr(text)
  }
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

function commaList(text: string): readonly string[] {
  return text === '' ? [] : text.split(',').map((part) => part.trim())
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text // bare words are texts; the check of the type follows
  }
}

function checkValue(field: FieldSpec, value: unknown): Checked {
  switch (field.type) {
    case 'integer':
    case 'number':
      return checkNumber(field, value)
    case 'string':
      return checkString(field, value)
    case 'boolean':
      return typeof value === 'boolean' ? { ok: true, value } : wrongType('true or false', value)
    case 'enum':
      return checkEnum(field.values, value)
    case 'string[]':
      if (typeof value === 'string') return { ok: true, value: [value] }
      return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
        ? { ok: true, value }
        : wrongType('a list of texts', value)
    case 'table':
      return isTable(value)
        ? { ok: true, value: { ...field.default, ...value } }
        : wrongType('a table { … }', value)
    case 'any':
      return { ok: true, value }
  }
}

function checkNumber(field: FieldSpec & { type: 'integer' | 'number' }, raw: unknown): Checked {
  const value = typeof raw === 'bigint' ? Number(raw) : raw
  const unit = field.unit === undefined ? '' : ` ${field.unit}`
  if (typeof value !== 'number' || Number.isNaN(value))
    return wrongType(`a number${unit === '' ? '' : ` (${field.unit})`}`, raw)
  if (field.type === 'integer' && !Number.isSafeInteger(value)) return wrongType('a whole number', raw)
  if (field.min !== undefined && value < field.min)
    return {
      ok: false,
      what: `${value} is below the least value`,
      remedy: `write ${field.min}${unit} or more`,
    }
  if (field.max !== undefined && value > field.max)
    return {
      ok: false,
      what: `${value} is above the greatest value`,
      remedy: `write ${field.max}${unit} or less`,
    }
  return { ok: true, value }
}

function checkString(field: FieldSpec & { type: 'string' }, value: unknown): Checked {
  if (typeof value !== 'string') return wrongType('a text in quotes', value)
  if (field.pattern !== undefined && !field.pattern.test(value)) {
    const shown = field.secret === true ? 'the value' : JSON.stringify(value)
    return { ok: false, what: `${shown} does not have the form ${field.pattern.source}`, remedy: field.doc }
  }
  return { ok: true, value }
}

function checkEnum(values: readonly string[], value: unknown): Checked {
  if (typeof value === 'string' && values.includes(value)) return { ok: true, value }
  if (typeof value !== 'string') return wrongType(`one of ${values.join(', ')}`, value)
  const near = nearestName(value, values)
  return {
    ok: false,
    what: `unknown value ${JSON.stringify(value)}`,
    remedy: `${near === null ? '' : `did you mean "${near}"? `}choose one of ${values.join(', ')}`,
  }
}

function wrongType(wanted: string, value: unknown): Checked {
  return { ok: false, what: `is ${kindOf(value)}`, remedy: `write ${wanted}` }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (value === null) return 'nothing'
  if (value instanceof Date) return 'a date'
  if (typeof value === 'object') return 'a table'
  return (
    { string: 'a text', number: 'a number', bigint: 'a number', boolean: 'true or false' }[
      typeof value as string
    ] ?? typeof value
  )
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
