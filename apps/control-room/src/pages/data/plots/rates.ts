import type { ShownOutput } from './shown-output.ts'

/** Counts by the seconds in which they were counted; the same output when these are not known. */
export function perSecond(output: ShownOutput): ShownOutput {
  const seconds = output.startTimeMs === null ? 0 : (output.timeMs - output.startTimeMs) / 1_000
  if (!(seconds > 0)) return output
  const scaled = (values: Float64Array): Float64Array => values.map((value) => value / seconds)
  return {
    ...output,
    values: scaled(output.values),
    errors: output.errors === null ? null : scaled(output.errors),
    unit: output.unit === '' || output.unit === 'dimensionless' ? '1/s' : `${output.unit}/s`,
    sum: output.sum / seconds,
  }
}
