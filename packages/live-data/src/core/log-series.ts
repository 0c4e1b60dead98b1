import type { LogMessage, LogType } from './stream-message.ts'

/** Samples of a process variable in the order of their times. */
export interface LogSeries {
  readonly stream: string
  readonly unit: string
  readonly type: LogType
  readonly isDevice: boolean
  readonly samples: readonly LogSample[]
}

export interface LogSample {
  readonly timeNs: bigint
  readonly value: number
  readonly target?: number
  readonly idle?: number
}

export interface LogStoreOptions {
  /** Samples kept per stream. Default 10 000. */
  readonly maxSamples?: number
  /** Age at which samples go, except the one that held then. Default 30 days. */
  readonly maxAgeNs?: bigint
  readonly units: ReadonlyMap<string, string>
  readonly deviceStreams: ReadonlySet<string>
}

interface MutableSeries extends LogSeries {
  readonly samples: LogSample[]
}

/** What is known of the log streams, shared by all jobs. */
export class LogStore {
  private readonly options: LogStoreOptions
  private readonly series = new Map<string, MutableSeries>()

  constructor(options: LogStoreOptions) {
    this.options = options
  }

  /** False for a sample that is not newer than the last: the forwarder repeats values with their time. */
  add(message: LogMessage): boolean {
    const known = this.series.get(message.stream) ?? this.begin(message)
    const last = known.samples.at(-1)
    if (last !== undefined && message.timeNs <= last.timeNs) return false
    known.samples.push(sampleOf(message))
    this.trim(known.samples)
    return true
  }

  get(stream: string): LogSeries | undefined {
    return this.series.get(stream)
  }

  private begin(message: LogMessage): MutableSeries {
    const { stream, type } = message
    const { units, deviceStreams } = this.options
    const begun = {
      stream,
      type,
      unit: units.get(stream) ?? 'dimensionless',
      isDevice: deviceStreams.has(stream),
      samples: [],
    }
    this.series.set(stream, begun)
    return begun
  }

  private trim(samples: LogSample[]): void {
    const { maxSamples = 10_000, maxAgeNs = 30n * 86_400n * 1_000_000_000n } = this.options
    // In blocks, so that a long series is not moved at every sample.
    if (samples.length > maxSamples + 1_024) samples.splice(0, samples.length - maxSamples)
    const cutNs = (samples.at(-1)?.timeNs ?? 0n) - maxAgeNs
    if ((samples[1]?.timeNs ?? cutNs) >= cutNs) return
    const kept = samples.findIndex((sample) => sample.timeNs > cutNs)
    if (kept > 1) samples.splice(0, kept - 1)
  }
}

export function sampleOf(message: LogMessage): LogSample {
  const { timeNs, value, target, idle } = message
  return {
    timeNs,
    value,
    ...(target === undefined ? {} : { target }),
    ...(idle === undefined ? {} : { idle }),
  }
}
