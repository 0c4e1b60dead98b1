import type { FormField, FormModel, FormVarargs, QueueItem } from '@beamtime/http-gateway/ui-types'
import { isPlainObject } from '../net/merge-patch.ts'
import { t } from '../text/text.ts'
import { emptyValue, fromJson, isEmptyValue, parseNumber, toJson, type FieldValue } from './field-value.ts'
import { literalText, parseLiteral } from './literal.ts'

export type ValueTable = Record<string, FieldValue>

/** What the plan form edits. */
export interface PlanFormValues {
  readonly fields: ValueTable
  /** Rows of the `*args` table. */
  readonly rows: readonly ValueTable[]
  /** Fields given once after the rows. */
  readonly tail: ValueTable
  /** Free keyword arguments, and arguments that the form has no place for. */
  readonly extra: readonly KeyText[]
  readonly meta: readonly KeyText[]
}

export interface KeyText {
  readonly key: string
  readonly text: string
}

/** The part of an item that a form makes. */
export interface ItemDraft {
  readonly item_type: 'plan'
  readonly name: string
  readonly args: readonly unknown[]
  readonly kwargs: Readonly<Record<string, unknown>>
  readonly meta?: Readonly<Record<string, unknown>>
}

export interface DraftResult {
  readonly draft: ItemDraft
  /** By path: `fields.num`, `rows.0.motor`, `tail.num`, `extra.1`. */
  readonly errors: Readonly<Record<string, string>>
  /** Path of the form for each place in `args`. */
  readonly argPaths: readonly string[]
  /** How many places of `args` stand before the rows. */
  readonly fixedArgs: number
}

export function emptyForm(model: FormModel, meta: Readonly<Record<string, string>> = {}): PlanFormValues {
  return {
    fields: tableOf(model.fields),
    rows:
      model.varargs === undefined
        ? []
        : Array.from({ length: Math.max(1, model.varargs.min) }, () => tableOf(model.varargs?.pattern ?? [])),
    tail: tableOf(model.varargs?.tail ?? []),
    extra: [],
    meta: Object.entries(meta).map(([key, text]) => ({ key, text })),
  }
}

export function tableOf(fields: readonly FormField[]): ValueTable {
  return Object.fromEntries(fields.map((field) => [field.name, emptyValue(field)]))
}

/** Fields of one row: the first row may lack some places (snake of a grid). */
export function rowFields(varargs: FormVarargs, row: number): readonly FormField[] {
  return row === 0
    ? varargs.pattern.filter((field) => !varargs.notInFirst.includes(field.name))
    : varargs.pattern
}

/** Travel limits and unit of a device, for what can be refused without the server. */
export type DeviceLimits = (
  name: string,
) =>
  | { readonly limits?: readonly [number, number] | undefined; readonly unit?: string | undefined }
  | undefined

/** Builds the item and every error that can be seen without the server. */
export function draftFrom(
  model: FormModel,
  values: PlanFormValues,
  device: DeviceLimits = () => undefined,
): DraftResult {
  const errors: Record<string, string> = {}
  const args: unknown[] = []
  const argPaths: string[] = []
  const kwargs: Record<string, unknown> = {}
  const read = (field: FormField, value: FieldValue | undefined, path: string): unknown => {
    const result = toJson(field, value)
    if (result.ok) return result.value
    errors[path] = result.error
    return undefined
  }

  let isPositional = true
  for (const field of model.fields) {
    const path = `fields.${field.name}`
    const value = read(field, values.fields[field.name], path)
    if (field.pass === 'args' && value === undefined && errors[path] === undefined) isPositional = false
    if (value === undefined) continue
    if (field.pass === 'args' && isPositional) {
      args.push(value)
      argPaths.push(path)
    } else kwargs[field.name] = value
  }
  const fixedArgs = args.length
  if (model.varargs !== undefined) addRows(model.varargs, values, { args, argPaths, kwargs, errors, read })
  if (!isRelative(model.name)) checkLimits(values, device, errors)
  addExtra(values.extra, kwargs, errors)
  const meta = metaOf(values.meta)
  const draft = {
    item_type: 'plan',
    name: model.name,
    args,
    kwargs,
    ...(Object.keys(meta).length === 0 ? {} : { meta }),
  } as const
  return { draft, errors, argPaths, fixedArgs }
}

const isRelative = (plan: string): boolean => /^rel(ative)?_|^mvr|^movr/.test(plan)

/** Positions outside of the travel of the motor in the same row. */
function checkLimits(values: PlanFormValues, device: DeviceLimits, errors: Record<string, string>): void {
  values.rows.forEach((row, index) => {
    const motor = typeof row['motor'] === 'string' ? row['motor'] : ''
    const { limits, unit } = device(motor) ?? {}
    if (limits === undefined) return
    for (const name of ['start', 'stop', 'target']) {
      const value = parseNumber(typeof row[name] === 'string' ? row[name] : '')
      if (value === undefined || (value >= limits[0] && value <= limits[1])) continue
      const words = { motor, value: `${value}${unit === undefined ? '' : ` ${unit}`}` }
      errors[`rows.${index}.${name}`] ??=
        value > limits[1]
          ? t.queue.form.aboveLimit(words.motor, words.value, String(limits[1]))
          : t.queue.form.belowLimit(words.motor, words.value, String(limits[0]))
    }
  })
}

interface Building {
  readonly args: unknown[]
  readonly argPaths: string[]
  readonly kwargs: Record<string, unknown>
  readonly errors: Record<string, string>
  readonly read: (field: FormField, value: FieldValue | undefined, path: string) => unknown
}

function addRows(varargs: FormVarargs, values: PlanFormValues, to: Building): void {
  const rows = values.rows.filter(
    (row) =>
      !varargs.pattern.every(
        (field) => isEmptyValue(row[field.name]) || typeof row[field.name] === 'boolean',
      ),
  )
  if (rows.length < varargs.min) to.errors['rows'] = t.queue.form.needRows(varargs.min)
  values.rows.forEach((row, index) => {
    if (rows.length >= varargs.min && !rows.includes(row)) return
    for (const field of rowFields(varargs, index)) {
      const path = `rows.${index}.${field.name}`
      const value = to.read({ ...field, required: true }, row[field.name], path)
      to.args.push(value ?? null)
      to.argPaths.push(path)
    }
  })
  for (const field of varargs.tail) {
    const path = `tail.${field.name}`
    const value = to.read(field, values.tail[field.name], path)
    if (value === undefined) continue
    if (field.pass === 'args') {
      to.args.push(value)
      to.argPaths.push(path)
    } else to.kwargs[field.name] = value
  }
}

function addExtra(
  extra: readonly KeyText[],
  kwargs: Record<string, unknown>,
  errors: Record<string, string>,
): void {
  extra.forEach(({ key, text }, index) => {
    if (key === '') return
    const parsed = parseLiteral(text)
    if (parsed.ok) kwargs[key] = parsed.value
    else errors[`extra.${index}`] = t.queue.form.badLiteral
  })
}

/** Metadata are texts unless they read as a number, a list or the like. */
function metaOf(list: readonly KeyText[]): Record<string, unknown> {
  const entries = list
    .filter(({ key, text }) => key !== '' && text !== '')
    .map(({ key, text }) => [key, metaValue(text)] as const)
  return Object.fromEntries(entries)
}

function metaValue(text: string): unknown {
  if (!/^[[{]/.test(text.trim())) return text
  const parsed = parseLiteral(text)
  return parsed.ok ? parsed.value : text
}

/** The form of an existing item, or null when its arguments do not fit the form (it is then edited as JSON). */
export function formFrom(
  model: FormModel,
  item: Pick<QueueItem, 'args' | 'kwargs' | 'meta'>,
): PlanFormValues | null {
  const args = [...(item.args ?? [])]
  const kwargs = { ...item.kwargs }
  const fields: ValueTable = {}
  for (const field of model.fields) {
    const given = field.pass === 'args' && args.length > 0 ? args.shift() : kwargs[field.name]
    delete kwargs[field.name]
    fields[field.name] = fromJson(field, given ?? (field.kind === 'boolean' ? field.default : undefined))
  }
  const rest = restOf(model.varargs, args, kwargs)
  if (rest === null) return null
  const extra = Object.entries(kwargs).map(([key, value]) => ({ key, text: literalText(value) }))
  return { fields, ...rest, extra, meta: metaTexts(item.meta) }
}

function restOf(
  varargs: FormVarargs | undefined,
  args: readonly unknown[],
  kwargs: Record<string, unknown>,
): Pick<PlanFormValues, 'rows' | 'tail'> | null {
  if (varargs === undefined) return args.length === 0 ? { rows: [], tail: {} } : null
  const width = varargs.pattern.length
  const firstWidth = rowFields(varargs, 0).length
  const positional = varargs.tail.filter((field) => field.pass === 'args').length
  for (let last = 0; last <= positional; last += 1) {
    const cells = args.length - last
    const fits = cells === 0 || (cells >= firstWidth && (cells - firstWidth) % width === 0)
    if (!fits) continue
    return {
      rows: rowsOf(varargs, args.slice(0, cells)),
      tail: tailOf(varargs.tail, args.slice(cells), kwargs),
    }
  }
  return null
}

function rowsOf(varargs: FormVarargs, cells: readonly unknown[]): readonly ValueTable[] {
  const queue = [...cells]
  const rows: ValueTable[] = []
  while (queue.length > 0) {
    const fields = rowFields(varargs, rows.length)
    const row = tableOf(varargs.pattern)
    for (const field of fields) row[field.name] = fromJson(field, queue.shift())
    rows.push(row)
  }
  return rows.length > 0 ? rows : [tableOf(varargs.pattern)]
}

function tailOf(
  fields: readonly FormField[],
  cells: readonly unknown[],
  kwargs: Record<string, unknown>,
): ValueTable {
  const queue = [...cells]
  return Object.fromEntries(
    fields.map((field) => {
      const given = field.pass === 'args' && queue.length > 0 ? queue.shift() : kwargs[field.name]
      delete kwargs[field.name]
      return [field.name, fromJson(field, given)]
    }),
  )
}

function metaTexts(meta: unknown): readonly KeyText[] {
  const parts = Array.isArray(meta) ? meta : [meta]
  const merged: Record<string, unknown> = {}
  for (const part of parts.toReversed()) if (isPlainObject(part)) Object.assign(merged, part)
  return Object.entries(merged).map(([key, value]) => ({
    key,
    text: typeof value === 'string' ? value : literalText(value),
  }))
}

/** Where a server error belongs: paths are parameter names, `*args` by place within them. */
export function errorPath(model: FormModel, draft: DraftResult, serverPath: string): string | null {
  const [root = '', index] = serverPath.split('.')
  if (model.varargs?.name === root) {
    if (index === undefined) return 'rows'
    return draft.argPaths[draft.fixedArgs + Number(index)] ?? 'rows'
  }
  if (model.fields.some((field) => field.name === root)) return `fields.${root}`
  if (model.varargs?.tail.some((field) => field.name === root) === true) return `tail.${root}`
  return null
}
