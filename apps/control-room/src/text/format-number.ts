const nbsp = '\u00a0'
const minus = '−'

export interface NumberOptions {
  /** Digits after the point, as a device says; without it 4 significant digits are shown. */
  readonly precision?: number | null | undefined
}

/** Missing and non-finite values are shown as an en dash, never as NaN. */
export function formatNumber(value: number | null | undefined, options: NumberOptions = {}): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  return withMinus(plainNumber(value, options))
}

function plainNumber(value: number, { precision }: NumberOptions): string {
  const size = Math.abs(value)
  // Whole numbers (counts) are shown in full up to 1e6; a device that names digits shows them also for whole values.
  if (value === 0) return precision && precision > 0 ? (0).toFixed(precision) : '0'
  if (
    Number.isInteger(value) &&
    size < 1e6 &&
    !(precision !== null && precision !== undefined && precision > 0)
  )
    return thousands(String(value))
  if (size >= 1e5 || size < 1e-3) return scientific(value)
  if (precision !== null && precision !== undefined)
    return thousands(value.toFixed(Math.min(Math.max(precision, 0), 10)))
  const digits = Math.max(0, 3 - Math.floor(Math.log10(size)))
  return thousands(value.toFixed(digits))
}

function scientific(value: number): string {
  const [mantissa = '0', exponent = '0'] = value.toExponential(3).split('e')
  return `${mantissa}e${Number(exponent)}`
}

function thousands(text: string): string {
  const [whole = '', fraction] = text.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, nbsp)
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/** Whole numbers with thousands, whatever their size. */
export function formatCount(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  return withMinus(thousands(String(Math.round(value))))
}

/** Sign as U+2212, which has the width of a digit. */
export function withMinus(text: string): string {
  return text.replace(/-/g, minus)
}

/** `12.34(5)`: the uncertainty in the last digits shown. Falls back to the plain number without one. */
export function formatUncertain(
  value: number,
  sigma: number,
): { readonly value: string; readonly uncertainty: string } {
  if (!Number.isFinite(value) || !Number.isFinite(sigma) || sigma <= 0)
    return { value: formatNumber(value), uncertainty: '' }
  // An error far below what can be meant (an exact fit of made-up data) says nothing.
  if (sigma < Math.max(Math.abs(value), 1e-12) * 1e-9) return { value: formatNumber(value), uncertainty: '' }
  const exponent = Math.floor(Math.log10(sigma))
  const leading = Math.round(sigma / 10 ** exponent)
  const decimals = -(leading >= 10 ? exponent + 1 : exponent)
  if (decimals > 10 || decimals < 0 || Math.abs(value) >= 1e6)
    return { value: formatNumber(value), uncertainty: '' }
  return {
    value: withMinus(thousands(value.toFixed(decimals))),
    uncertainty: `(${leading >= 10 ? 1 : leading})`,
  }
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** Binary units with three digits: `1.02 GiB`. Value and unit apart so that the unit can be muted. */
export function formatBytes(bytes: number | null | undefined): {
  readonly value: string
  readonly unit: string
} {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return { value: '–', unit: '' }
  const step = bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log2(bytes) / 10))
  const scaled = bytes / 1024 ** step
  const digits = step === 0 || scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2
  return { value: scaled.toFixed(digits), unit: byteUnits[step] ?? 'B' }
}

/** Between number and unit: half as wide as it looks in a text file, and never a line break. */
export const noBreakSpace = nbsp
