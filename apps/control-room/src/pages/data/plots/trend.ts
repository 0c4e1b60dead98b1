import type { ShownOutput } from './shown-output.ts'

const spanMs = 3_600_000
const maxPoints = 20_000

/** A number over the last hour, at most 20 000 points; times ascend. */
export interface Trend {
  readonly times: Float64Array
  readonly values: Float64Array
  /** What the server kept from before the first result came. */
  putBefore(times: ArrayLike<number>, values: ArrayLike<number>): void
  append(output: ShownOutput): void
}

export function createTrend(): Trend {
  let times = new Float64Array(256)
  let values = new Float64Array(256)
  let from = 0
  let to = 0

  const makeRoom = (more: number): void => {
    if (to + more <= times.length) return
    const size = Math.max(256, (to - from + more) * 2)
    const moved = [new Float64Array(size), new Float64Array(size)] as const
    moved[0].set(times.subarray(from, to))
    moved[1].set(values.subarray(from, to))
    times = moved[0]
    values = moved[1]
    to -= from
    from = 0
  }
  const push = (time: number, value: number): void => {
    if (to > from && time <= (times[to - 1] ?? 0)) return
    makeRoom(1)
    times[to] = time
    values[to] = value
    to += 1
  }
  const forget = (): void => {
    const oldest = (times[to - 1] ?? 0) - spanMs
    while (from < to && ((times[from] ?? 0) < oldest || to - from > maxPoints)) from += 1
  }
  return {
    get times() {
      return times.subarray(from, to)
    },
    get values() {
      return values.subarray(from, to)
    },
    putBefore(olderTimes, olderValues) {
      const known = [times.slice(from, to), values.slice(from, to)] as const
      const first = known[0][0] ?? Number.POSITIVE_INFINITY
      from = 0
      to = 0
      for (let i = 0; i < olderTimes.length; i += 1)
        if ((olderTimes[i] ?? 0) < first) push(olderTimes[i] ?? 0, olderValues[i] ?? Number.NaN)
      known[0].forEach((time, i) => push(time, known[1][i] ?? Number.NaN))
      forget()
    },
    append(output) {
      const stamps = output.coords.get('time')?.values ?? Float64Array.of(output.timeMs)
      stamps.forEach((time, i) => push(time, output.values[i] ?? Number.NaN))
      forget()
    },
  }
}
