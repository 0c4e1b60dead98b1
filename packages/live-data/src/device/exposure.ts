import { LiveDataError } from '../error.ts'
import type { LiveNumbers, LiveOutput } from '../ui-types.ts'

/** What was counted between two points in time. */
export interface Exposed {
  readonly values: Float64Array
  readonly shape: readonly number[]
  readonly unit: string | null
  /** Of the last result used, ms since 1970. */
  readonly timeMs: number
  /** Time that the value covers. */
  readonly coveredMs: number
}

export interface ExposureOptions {
  readonly fromMs: number
  readonly exposureMs: number
  /** The output counts since the job began, so that two results differ by what came between them. */
  readonly isCumulative: boolean
  /** The newest result when the exposure begins. */
  readonly known: LiveOutput | null
  /** Results before this one do not exist: the job began for this exposure. */
  readonly isFresh: boolean
}

/** Outputs of windows that have one of the whole job beside them. */
export function cumulativeTwin(output: string, outputs: readonly string[]): string | null {
  const names = [output.replace(/current$/, 'cumulative'), `${output}_cumulative`, output]
  return names.find((name) => /cumulative$|^total_counts$/.test(name) && outputs.includes(name)) ?? null
}

/**
 * Waits for the results that cover [from, from + exposure). From a cumulative output: the first result that ends after it
 * less the last that ended before it, so that no event counts twice or is lost. Else: the sum of the windows inside.
 */
export class Exposure {
  private readonly options: ExposureOptions
  private before: LiveOutput | null = null
  private sum: Exposed | null = null
  private hasSeen = false

  constructor(options: ExposureOptions) {
    this.options = options
    if (options.known !== null) this.takeBefore(options.known)
  }

  /** The value, when this result completes it. Throws LIVEDATA_JOB_RESET. */
  take(output: LiveOutput): Exposed | null {
    const { timeMs } = output
    if (timeMs === null) return null
    return this.options.isCumulative ? this.takeCumulative(output, timeMs) : this.takeWindow(output, timeMs)
  }

  private takeCumulative(output: LiveOutput, timeMs: number): Exposed | null {
    const { fromMs, exposureMs } = this.options
    this.takeBefore(output)
    if (timeMs < fromMs + exposureMs) {
      this.hasSeen = true
      return null
    }
    const { before } = this
    if (
      before !== null &&
      (before.startTimeMs !== output.startTimeMs || before.jobNumber !== output.jobNumber)
    )
      throw new LiveDataError({
        code: 'LIVEDATA_JOB_RESET',
        message: `${output.key} began anew during the exposure`,
        fault: 'environment',
        remedy: 'measure the point again',
        canRetry: true,
      })
    const startMs = output.startTimeMs ?? fromMs
    const isFromZero = before === null && (startMs >= fromMs || (this.options.isFresh && !this.hasSeen))
    if (before === null && !isFromZero && !this.options.isFresh) {
      // The job ran before, but nothing of it was seen: this result is where counting begins.
      this.before = output
      return null
    }
    return difference(output, { before, timeMs, sinceMs: before?.timeMs ?? startMs })
  }

  private takeBefore(output: LiveOutput): void {
    if (output.timeMs !== null && output.timeMs <= this.options.fromMs) this.before = output
  }

  private takeWindow(output: LiveOutput, timeMs: number): Exposed | null {
    const { fromMs, exposureMs } = this.options
    const untilMs = fromMs + exposureMs
    const startMs = output.startTimeMs ?? timeMs
    if (startMs >= fromMs && timeMs <= untilMs) this.sum = added(this.sum, output, timeMs - startMs)
    if (timeMs < untilMs) return null
    // An exposure shorter than a window takes the one that covers its end.
    return this.sum ?? added(null, output, timeMs - startMs)
  }
}

function difference(
  output: LiveOutput,
  {
    before,
    timeMs,
    sinceMs,
  }: { readonly before: LiveOutput | null; readonly timeMs: number; readonly sinceMs: number },
): Exposed {
  const values = floats(output.signal.values)
  const earlier = before?.signal.values
  if (earlier !== undefined && earlier.length === values.length)
    values.forEach((value, at) => {
      values[at] = value - (earlier[at] ?? 0)
    })
  const { shape, unit } = output.signal
  return { values, shape, unit, timeMs, coveredMs: timeMs - sinceMs }
}

// oxlint-disable-next-line max-params -- so far, what comes, how long it took
function added(sum: Exposed | null, output: LiveOutput, coveredMs: number): Exposed {
  const { shape, unit } = output.signal
  const values = floats(output.signal.values)
  const isSame = sum !== null && sum.values.length === values.length
  if (isSame) values.forEach((value, at) => (values[at] = value + (sum.values[at] ?? 0)))
  return {
    values,
    shape,
    unit,
    timeMs: output.timeMs ?? 0,
    coveredMs: (isSame ? sum.coveredMs : 0) + coveredMs,
  }
}

function floats(values: LiveNumbers): Float64Array {
  return Float64Array.from(values)
}
