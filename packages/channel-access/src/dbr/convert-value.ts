/* Conversions between native types, as RSRV does them, but out-of-range numbers are clamped instead of wrapped.
 * Source: EPICS base dbConvert.c, dbFastLinkConvert. */
import { readText, encodeText } from '../messages/message.ts'
import type { CaValue, NumberArray } from './dbr-reading.ts'
import type { NativeType } from './dbr-type.ts'

export interface ConversionContext {
  /** Digits after the point of a number as text. Default 0. */
  readonly precision?: number
  readonly states?: readonly string[]
}

const ranges: Record<'short' | 'enum' | 'char' | 'long', readonly [low: number, high: number]> = {
  short: [-32_768, 32_767],
  enum: [0, 65_535],
  char: [0, 255],
  long: [-2_147_483_648, 2_147_483_647],
}

function isInteger(type: NativeType): type is keyof typeof ranges {
  return type in ranges
}

/** A number as a type can hold it: truncated and clamped for integers; NaN becomes 0 there. */
export function clampTo(type: NativeType, value: number): number {
  if (!isInteger(type)) return value
  const [low, high] = ranges[type]
  return Number.isNaN(value) ? 0 : Math.min(Math.max(Math.trunc(value), low), high)
}

/** Whether a number can be held without clamping. */
export function fitsIn(type: NativeType, value: number): boolean {
  if (!isInteger(type)) return true
  const [low, high] = ranges[type]
  return Math.trunc(value) >= low && Math.trunc(value) <= high
}

const arrays = {
  short: Int16Array,
  float: Float32Array,
  enum: Uint16Array,
  char: Uint8Array,
  long: Int32Array,
  double: Float64Array,
} as const

/** The typed array of a numeric type. */
export function arrayOf(type: Exclude<NativeType, 'string'>, values: ArrayLike<number>): NumberArray {
  return arrays[type].from(values)
}

/** Every value as a list of elements. */
export function elementsOf(value: CaValue): readonly (number | string)[] {
  if (typeof value === 'number' || typeof value === 'string') return [value]
  return Array.from<number | string>(value)
}

function numberOfText(text: string, context: ConversionContext, to: NativeType): number | undefined {
  if (to === 'enum') {
    const index = context.states?.indexOf(text) ?? -1
    if (index >= 0) return index
  }
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  const value = Number(trimmed)
  if (!Number.isNaN(value)) {
    if (to === 'enum' && context.states !== undefined && context.states.length > 0)
      return Number.isInteger(value) && value >= 0 && value < context.states.length ? value : undefined
    return value
  }
  return trimmed.toLowerCase() === 'nan' ? NaN : undefined
}

function textOfNumber(value: number, from: NativeType, context: ConversionContext): string {
  if (from === 'enum') return context.states?.[value] ?? String(value)
  if (from !== 'float' && from !== 'double') return String(value)
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  const digits = Math.min(Math.max(context.precision ?? 0, 0), 17)
  const text = value.toFixed(digits)
  return text.length > 39 ? value.toExponential(Math.min(digits, 17)) : text
}

/** Characters up to NUL, at most 39 bytes, as a server answers DBR_STRING for a CHAR array. */
function textOfChars(elements: readonly (number | string)[]): string {
  const bytes = Uint8Array.from(elements, Number)
  return readText(bytes, 0, Math.min(bytes.length, 39))
}

/** Converts elements. Returns undefined where a text is no number and no state. */
export function convertElements(
  elements: readonly (number | string)[],
  types: { readonly from: NativeType; readonly to: NativeType },
  context: ConversionContext = {},
): readonly (number | string)[] | undefined {
  const { from, to } = types
  if (from === 'char' && to === 'string' && elements.length > 1) return [textOfChars(elements)]
  if (
    from === 'string' &&
    to === 'char' &&
    elements.length === 1 &&
    numberOfText(String(elements[0]), {}, 'char') === undefined
  )
    return Array.from(encodeText(`${elements[0]}\0`))
  const converted: (number | string)[] = []
  for (const element of elements) {
    if (to === 'string')
      converted.push(typeof element === 'string' ? element : textOfNumber(element, from, context))
    else {
      const value = typeof element === 'number' ? element : numberOfText(element, context, to)
      if (value === undefined) return undefined
      converted.push(clampTo(to, value))
    }
  }
  return converted
}
