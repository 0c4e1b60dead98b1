import { formatNumber, withMinus } from '../../../text/format-number.ts'
import type { PlotSettings } from './plot-params.ts'

const prefixes = ['', 'k', 'M', 'G', 'T', 'P'] as const

/** A number as a layout wants it. Precision counts digits after the point; below zero, places before it are rounded. */
export function writeNumber(
  value: number | null,
  { notation, precision }: Pick<PlotSettings, 'notation' | 'precision'>,
): string {
  if (value === null || !Number.isFinite(value)) return '–'
  const rounded = precision !== null && precision < 0 ? roundedTo(value, 10 ** -precision) : value
  const digits = precision === null ? null : Math.max(0, precision)
  switch (notation) {
    case 'auto':
      return formatNumber(rounded, { precision: digits })
    case 'scientific': {
      const [mantissa = '0', exponent = '0'] = rounded.toExponential(digits ?? 3).split('e')
      return withMinus(`${mantissa}e${Number(exponent)}`)
    }
    case 'decimal':
      return withMinus(digits === null ? String(rounded) : rounded.toFixed(digits))
    case 'compact':
      return withMinus(compact(rounded, digits))
  }
}

function compact(value: number, digits: number | null): string {
  const thousands = Math.floor(Math.log10(Math.abs(value) || 1) / 3)
  const step = Math.min(prefixes.length - 1, Math.max(0, thousands))
  const scaled = value / 1_000 ** step
  return `${digits === null ? Number(scaled.toPrecision(3)) : scaled.toFixed(digits)}${prefixes[step]}`
}

function roundedTo(value: number, step: number): number {
  return Math.round(value / step) * step
}
