import { noBreakSpace, withMinus } from '../text/format-number.ts'

/** Round tick values inside [lo, hi], about `count` of them, steps of 1, 2, 2.5 or 5 times a power of ten. */
export function niceTicks(lo: number, hi: number, count: number): readonly number[] {
  if (!(hi > lo) || !Number.isFinite(hi - lo)) return Number.isFinite(lo) ? [lo] : []
  const rough = (hi - lo) / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 2.5, 5, 10].find((m) => m * power >= rough) ?? 10) * power
  const first = Math.ceil(lo / step - 1e-9)
  const last = Math.floor(hi / step + 1e-9)
  return Array.from({ length: Math.min(50, last - first + 1) }, (_, i) => cleaned((first + i) * step, step))
}

function cleaned(value: number, step: number): number {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(step)))
  return Number(value.toFixed(Math.min(digits, 15)))
}

/** Tick texts with the digits that the step needs; thousands apart, large and tiny values in scientific notation. */
export function tickTexts(values: readonly (number | null)[]): string[] {
  const shown = values.filter((v): v is number => v !== null)
  const largest = Math.max(...shown.map(Math.abs), 0)
  const step = shown.length > 1 ? Math.abs((shown[1] ?? 0) - (shown[0] ?? 0)) : largest
  const isScientific = largest >= 1e6 || (largest > 0 && largest < 1e-3)
  const digits = Math.min(10, decimalsOf(step))
  return values.map((value) => {
    if (value === null) return ''
    if (value === 0) return '0'
    if (isScientific) return withMinus(trimmed(value.toExponential(2)))
    return withMinus(grouped(value.toFixed(digits)))
  })
}

function decimalsOf(step: number): number {
  for (let digits = 0; digits < 10; digits += 1)
    if (
      Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) <
      1e-6 * Math.abs(step * 10 ** digits)
    )
      return digits
  return 10
}

function trimmed(text: string): string {
  const [mantissa = '0', exponent = '0'] = text.split('e')
  return `${Number(mantissa)}e${Number(exponent)}`
}

function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.')
  const spaced = whole.replace(/\B(?=(\d{3})+(?!\d))/g, noBreakSpace)
  return fraction === undefined ? spaced : `${spaced}.${fraction}`
}
