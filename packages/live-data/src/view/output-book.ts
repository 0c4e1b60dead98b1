import { decodeDataArray } from '../data/da00-result.ts'
import type { LiveHistory, LiveOutput } from '../ui-types.ts'
import { instantValue, liveOutput, seriesValues, type ReceivedResult } from './live-output.ts'
import type { ResultKey } from './result-key.ts'

const maxOutputs = 4_000
/** Bytes of the newest results together; the oldest go first. */
const maxBytes = 1_073_741_824
/** An hour at one result a second. */
const historyLength = 3_600
/** One number or a few: larger results are not looked into until somebody wants them. */
const smallBytes = 65_536

interface Entry {
  readonly received: ReceivedResult
  readonly times: number[]
  readonly values: number[]
}

/** The newest result of each output, and numbers over time. */
export class OutputBook {
  private readonly entries = new Map<string, Entry>()
  private bytes = 0

  take(result: ResultKey, message: { readonly value: Uint8Array; readonly receivedMs: number }): void {
    const known = this.entries.get(result.key)
    const isSameJob = known?.received.result.jobNumber === result.jobNumber
    const entry: Entry = {
      received: { result, ...message, sequence: (known?.received.sequence ?? 0) + 1 },
      times: isSameJob ? known.times : [],
      values: isSameJob ? known.values : [],
    }
    this.drop(result.key)
    this.entries.set(result.key, entry)
    this.bytes += message.value.length
    if (message.value.length <= smallBytes) remember(entry, message.value)
    for (const key of this.entries.keys()) {
      if (this.entries.size <= maxOutputs && this.bytes <= maxBytes) break
      this.drop(key)
    }
  }

  output(key: string): LiveOutput | null {
    const entry = this.entries.get(key)
    return entry === undefined ? null : liveOutput(entry.received)
  }

  history(key: string): LiveHistory | null {
    const entry = this.entries.get(key)
    if (entry === undefined || entry.times.length === 0) return null
    return { key, times: Float64Array.from(entry.times), values: Float64Array.from(entry.values) }
  }

  keys(): readonly string[] {
    return [...this.entries.keys()]
  }

  /** Forgets the results of a workflow, when new jobs of it start. */
  clear(workflow: string): void {
    for (const [key, entry] of this.entries) if (entry.received.result.workflow === workflow) this.drop(key)
  }

  private drop(key: string): void {
    this.bytes -= this.entries.get(key)?.received.value.length ?? 0
    this.entries.delete(key)
  }
}

function remember({ times, values }: Entry, message: Uint8Array): void {
  const { array } = decodeDataArray(message)
  const instant = instantValue(array)
  const series = instant === null ? seriesValues(array) : null
  if (instant !== null) {
    times.push(instant.timeMs)
    values.push(instant.value)
  } else if (series !== null) {
    times.push(...series.times.subarray(-historyLength))
    values.push(...series.values.subarray(-historyLength))
  }
  if (times.length <= historyLength) return
  const excess = times.length - historyLength
  times.splice(0, excess)
  values.splice(0, excess)
}
