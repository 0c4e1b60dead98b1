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

/** Ticks of a logarithmic axis: powers of ten, about `count` of them; within less than two decades 1, 2 and 5 times them. */
export function logTicks(lo: number, hi: number, count: number): readonly number[] {
  if (!(lo > 0) || !(hi > lo) || !Number.isFinite(hi)) return []
  const decades = Math.log10(hi / lo)
  const first = Math.floor(Math.log10(lo))
  const powers = Array.from({ length: Math.ceil(decades) + 2 }, (_, i) => first + i)
  const inside = (value: number): boolean => value >= lo * (1 - 1e-9) && value <= hi * (1 + 1e-9)
  if (decades >= 2) {
    const every = Math.max(1, Math.ceil(decades / Math.max(1, count)))
    return powers
      .filter((power) => power % every === 0)
      .map((power) => 10 ** power)
      .filter(inside)
  }
  const fine = powers
    .flatMap((power) => [1, 2, 5].map((m) => cleaned(m * 10 ** power, 10 ** power)))
    .filter(inside)
  return fine.length >= 2 ? fine : niceTicks(lo, hi, count)
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** Texts of a logarithmic axis: `10⁴` when all are powers of ten that are written shorter so, else numbers. */
export function logTickTexts(values: readonly number[]): string[] {
  const powers = values.map((value) => Math.log10(value))
  const isShort = values.length > 1 && powers.every((power) => Math.abs(power - Math.round(power)) < 1e-9)
  if (!isShort || !powers.some((power) => power > 3.5 || power < -2.5))
    return values.map((value) => grouped(String(value)))
  return powers.map((power) => {
    const digits = String(Math.abs(Math.round(power)))
      .split('')
      .map((digit) => superscripts[Number(digit)] ?? '')
      .join('')
    return `10${power < -0.5 ? '⁻' : ''}${digits}`
  })
}
