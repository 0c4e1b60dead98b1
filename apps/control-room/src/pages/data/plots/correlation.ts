import { extent } from '../../../plot/decimate.ts'

/** Numbers with the times of their readings, which ascend. */
export interface Readings {
  readonly times: ArrayLike<number>
  readonly values: ArrayLike<number>
}

export interface Correlated {
  /** Value of each axis at each point that is left, the axes one after the other. */
  readonly axes: readonly (readonly number[])[]
  readonly values: readonly number[]
}

/**
 * Points of a series with what the axes read last at or before them. Points before the first reading of an axis are left
 * out; with `isPerTime` values are divided by the seconds since the point before, which the first one does not have.
 */
export function correlated(series: Readings, axes: readonly Readings[], isPerTime: boolean): Correlated {
  const at = axes.map(() => -1)
  const out = { axes: axes.map((): number[] => []), values: [] as number[] }
  for (let i = 0; i < series.times.length; i += 1) {
    const time = series.times[i] ?? 0
    axes.forEach(({ times }, axis) => {
      while ((at[axis] ?? -1) + 1 < times.length && (times[(at[axis] ?? -1) + 1] ?? 0) <= time)
        at[axis] = (at[axis] ?? -1) + 1
    })
    const seconds = i === 0 ? 0 : (time - (series.times[i - 1] ?? 0)) / 1_000
    if (at.some((index) => index < 0) || (isPerTime && !(seconds > 0))) continue
    axes.forEach(({ values }, axis) => out.axes[axis]?.push(values[at[axis] ?? 0] ?? Number.NaN))
    out.values.push((series.values[i] ?? Number.NaN) / (isPerTime ? seconds : 1))
  }
  return out
}

export interface Binned {
  /** Sum of each bin, or its mean; bins of a mean without a point are NaN. The first axis is the fastest. */
  readonly values: Float64Array
  /** Centres of the first and the last bin, and how many there are, of each axis. */
  readonly axes: readonly { readonly first: number; readonly last: number; readonly bins: number }[]
}

/** Values in equal bins over the range of the points. */
export function binned({ axes, values }: Correlated, bins: readonly number[], isMean: boolean): Binned {
  const scales = axes.map((axis, index) => {
    const [lo, hi] = extent(axis) ?? [0, 1]
    const count = Math.max(1, Math.min(5_000, bins[index] ?? 1))
    const width = hi > lo ? (hi - lo) / count : 1
    const from = hi > lo ? lo : lo - count / 2
    return { from, width, count }
  })
  const size = scales.reduce((product, { count }) => product * count, 1)
  const sums = new Float64Array(size)
  const counts = new Uint32Array(size)
  values.forEach((value, i) => {
    let at = 0
    let stride = 1
    scales.forEach(({ from, width, count }, axis) => {
      const bin = Math.floor(((axes[axis]?.[i] ?? Number.NaN) - from) / width)
      at += Math.min(count - 1, bin) * stride
      stride *= count
    })
    if (!(at >= 0) || !Number.isFinite(value)) return
    sums[at] = (sums[at] ?? 0) + value
    counts[at] = (counts[at] ?? 0) + 1
  })
  if (isMean)
    sums.forEach((sum, i) => (sums[i] = (counts[i] ?? 0) === 0 ? Number.NaN : sum / (counts[i] ?? 1)))
  return {
    values: sums,
    axes: scales.map(({ from, width, count }) => ({
      first: from + width / 2,
      last: from + width * (count - 0.5),
      bins: count,
    })),
  }
}
