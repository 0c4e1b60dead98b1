import type { FormField } from '@beamtime/http-gateway/ui-types'
import { evaluateFormula, parseFormula } from '../plot/formula.ts'
import { t } from '../text/text.ts'
import { literalText, parseLiteral } from './literal.ts'
import { textOf } from '../text/text-of.ts'

/** What a form holds for one field while it is edited: text as typed, a switch, chosen names, or parts of a tuple or union. */
export type FieldValue =
  | string
  | boolean
  | readonly string[]
  | { readonly variant: number; readonly value: FieldValue }
  | { readonly parts: readonly FieldValue[] }

/** `value` undefined: the field is left out of the item. */
export type FieldResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: string }

const left: FieldResult = { ok: true, value: undefined }
const bad = (error: string): FieldResult => ({ ok: false, error })

/** How a field is edited; `literal` covers everything without a better widget. */
export type Widget =
  | 'number'
  | 'switch'
  | 'text'
  | 'choice'
  | 'choices'
  | 'numbers'
  | 'tuple'
  | 'union'
  | 'literal'

export function widgetOf(field: FormField): Widget {
  switch (field.kind) {
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'switch'
    case 'text':
    case 'expression':
      return 'text'
    case 'select':
    case 'device':
    case 'plan':
    case 'plan-or-device':
      return 'choice'
    case 'list':
      return listWidget(field.item)
    case 'tuple':
      return 'tuple'
    case 'union':
      return 'union'
    case 'dict':
    case 'literal':
      return 'literal'
  }
}

function listWidget(item: FormField | undefined): Widget {
  if (item === undefined) return 'literal'
  const inner = widgetOf(item)
  if (inner === 'choice') return 'choices'
  return inner === 'number' ? 'numbers' : 'literal'
}

export function emptyValue(field: FormField): FieldValue {
  switch (widgetOf(field)) {
    case 'switch':
      return field.default === true
    case 'choices':
      return []
    case 'tuple':
      return { parts: (field.variants ?? []).map(emptyValue) }
    case 'union': {
      const first = field.variants?.[0]
      return { variant: 0, value: first === undefined ? '' : emptyValue(first) }
    }
    case 'number':
    case 'numbers':
    case 'text':
    case 'choice':
    case 'literal':
      return ''
  }
}

export function isEmptyValue(value: FieldValue | undefined): boolean {
  if (value === undefined || value === '') return true
  if (typeof value === 'object' && 'parts' in value) return value.parts.every(isEmptyValue)
  if (typeof value === 'object' && 'variant' in value) return isEmptyValue(value.value)
  return Array.isArray(value) && value.length === 0
}

const typedText = (value: FieldValue | undefined): string => (typeof value === 'string' ? value : '')

/** From the edited form to the JSON value; types, ranges and presence are checked. */
export function toJson(field: FormField, value: FieldValue | undefined): FieldResult {
  if (field.kind === 'boolean') return booleanToJson(field, value)
  if (isEmptyValue(value)) {
    if (field.required)
      return bad(widgetOf(field) === 'choices' ? t.queue.form.needOne : t.queue.form.isRequired)
    return field.unset === 'null' ? { ok: true, value: null } : left
  }
  switch (widgetOf(field)) {
    case 'number':
      return numberToJson(field, typedText(value))
    case 'numbers':
      return numbersToJson(field, typedText(value))
    case 'text':
    case 'choice':
      return { ok: true, value: typedText(value) }
    case 'choices':
    case 'switch':
      return { ok: true, value }
    case 'tuple':
      return tupleToJson(field, value)
    case 'union':
      return unionToJson(field, value)
    case 'literal':
      return literalToJson(typedText(value))
  }
}

function booleanToJson(field: FormField, value: FieldValue | undefined): FieldResult {
  const isOn = value === true
  return !field.required && isOn === (field.default ?? false) ? left : { ok: true, value: isOn }
}

/** Also sums and the like: `1+2`, `1e-3`, `π/2`. */
export function parseNumber(text: string): number | undefined {
  const cleaned = text.replaceAll(/[\u00a0\u2009 ]/g, '').replaceAll('−', '-')
  if (cleaned === '') return undefined
  const parsed = parseFormula(cleaned)
  if (!parsed.ok || parsed.names.length > 0) return undefined
  const value = evaluateFormula(parsed.formula, () => Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

function numberToJson(field: FormField, text: string): FieldResult {
  const value = parseNumber(text)
  if (value === undefined) return bad(t.queue.form.notNumber)
  if (field.kind === 'integer' && !Number.isInteger(value)) return bad(t.queue.form.notInteger)
  if (field.min !== undefined && value < field.min) return bad(t.queue.form.below(String(field.min)))
  if (field.max !== undefined && value > field.max) return bad(t.queue.form.above(String(field.max)))
  return { ok: true, value }
}

/** Numbers by comma, space or line; `start:step:stop` (stop included) makes a series of at most 100 000. */
export function parseNumbers(text: string): number[] | undefined {
  const pieces = text
    .replaceAll(/^[\s[(]+|[\s\])]+$/g, '')
    .split(/[,;\s]+/)
    .filter((piece) => piece !== '')
  const out: number[] = []
  for (const piece of pieces) {
    const series = piece.split(':').map(parseNumber)
    const [start, step, stop] = series
    if (series.length === 1 && start !== undefined) out.push(start)
    else if (
      series.length === 3 &&
      start !== undefined &&
      step !== undefined &&
      stop !== undefined &&
      step !== 0
    ) {
      const n = Math.floor((stop - start) / step + 1e-9) + 1
      if (n < 1 || n > 100_000) return undefined
      for (let i = 0; i < n; i += 1) out.push(Number((start + i * step).toPrecision(12)))
    } else return undefined
  }
  return out
}

function numbersToJson(field: FormField, text: string): FieldResult {
  const values = parseNumbers(text)
  if (values === undefined) return bad(t.queue.form.notNumber)
  if (field.item?.kind === 'integer' && !values.every(Number.isInteger)) return bad(t.queue.form.notInteger)
  return { ok: true, value: values }
}

function literalToJson(text: string): FieldResult {
  const parsed = parseLiteral(text)
  return parsed.ok ? { ok: true, value: parsed.value } : bad(t.queue.form.badLiteral)
}

function tupleToJson(field: FormField, value: FieldValue | undefined): FieldResult {
  const parts = typeof value === 'object' && 'parts' in value ? value.parts : []
  const values: unknown[] = []
  for (const [index, part] of (field.variants ?? []).entries()) {
    const result = toJson({ ...part, required: true }, parts[index])
    if (!result.ok) return result
    values.push(result.value)
  }
  return { ok: true, value: values }
}

function unionToJson(field: FormField, value: FieldValue | undefined): FieldResult {
  if (typeof value !== 'object' || !('variant' in value)) return left
  const variant = field.variants?.[value.variant]
  return variant === undefined ? left : toJson({ ...variant, required: true }, value.value)
}

/** From a JSON value to the edited form. A value of a wrong type is shown as it is, never changed. */
export function fromJson(field: FormField, value: unknown): FieldValue {
  if (value === undefined || value === null) return emptyValue(field)
  switch (widgetOf(field)) {
    case 'switch':
      return value === true
    case 'number':
    case 'literal':
      return literalText(value)
    case 'text':
    case 'choice':
      return typeof value === 'string' ? value : literalText(value)
    case 'choices':
      return Array.isArray(value) ? value.map(textOf) : [textOf(value)]
    case 'numbers':
      return Array.isArray(value) ? value.join(', ') : literalText(value)
    case 'tuple':
      return tupleFromJson(field, value)
    case 'union':
      return unionFromJson(field, value)
  }
}

function tupleFromJson(field: FormField, value: unknown): FieldValue {
  const values: readonly unknown[] = Array.isArray(value) ? value : []
  return { parts: (field.variants ?? []).map((part, i) => fromJson(part, values[i])) }
}

function unionFromJson(field: FormField, value: unknown): FieldValue {
  const variant = fittingVariant(field, value)
  const chosen = field.variants?.[variant]
  return { variant, value: chosen === undefined ? literalText(value) : fromJson(chosen, value) }
}

function fittingVariant(field: FormField, value: unknown): number {
  const index = (field.variants ?? []).findIndex((variant) => {
    switch (widgetOf(variant)) {
      case 'number':
        return typeof value === 'number'
      case 'switch':
        return typeof value === 'boolean'
      case 'text':
      case 'choice':
        return typeof value === 'string'
      case 'choices':
      case 'numbers':
      case 'tuple':
        return Array.isArray(value)
      case 'literal':
      case 'union':
        return false
    }
  })
  return Math.max(0, index)
}
