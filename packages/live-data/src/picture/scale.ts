/** From values to places along an axis, with the values that are worth a mark. */
export interface Scale {
  readonly min: number
  readonly max: number
  readonly isLog: boolean
  /** 0 at `min`, 1 at `max`. */
  fraction(value: number): number
  readonly marks: readonly { readonly value: number; readonly text: string }[]
}

export function linearScale(min: number, max: number, wanted = 6): Scale {
  const size = Math.max(Math.abs(min), Math.abs(max))
  // A range that numbers of that size hardly resolve is shown as its surroundings.
  const isRange = max - min > Math.max(size * 1e-12, 1e-290)
  const around = Math.max(0.5, size * 1e-3)
  const [low, high] = isRange ? [min, max] : [min - around, min + around]
  const step = niceStep((high - low) / wanted)
  const digits = Math.max(0, Math.min(12, -Math.floor(Math.log10(step))))
  const isLarge = Math.max(Math.abs(low), Math.abs(high)) >= 1e6
  const marks = []
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9 && marks.length < 50; k++) {
    const value = k * step
    marks.push({ value, text: isLarge ? shortNumber(value) : (value === 0 ? 0 : value).toFixed(digits) })
  }
  return { min: low, max: high, isLog: false, fraction: (value) => (value - low) / (high - low), marks }
}

/** `min` must be above zero. */
export function logScale(min: number, max: number): Scale {
  const low = Math.log10(min)
  const high = max > min ? Math.log10(max) : low + 1
  const marks = []
  const decades = Math.max(1, Math.ceil((high - low) / 8))
  for (let power = Math.ceil(low); power <= high; power += decades)
    marks.push({ value: 10 ** power, text: shortNumber(10 ** power) })
  if (marks.length < 2) return { ...linearScale(min, max), isLog: false }
  return {
    min,
    max: 10 ** high,
    isLog: true,
    fraction: (value) => (Math.log10(value) - low) / (high - low),
    marks,
  }
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10
  return factor * power
}

/** At most six letters or so: 950, 12.3k would need a legend, so powers of ten: 1.23e6. */
export function shortNumber(value: number): string {
  const size = Math.abs(value)
  if (value === 0) return '0'
  if (size >= 1e6 || size < 1e-3)
    return value
      .toExponential(2)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e')
  return Number(value.toPrecision(6)).toString()
}
