import type { ArraysFrame } from '../../../net/frame-codec.ts'
import { shownOutput, type ShownOutput } from './shown-output.ts'
import { createTrend, type Trend } from './trend.ts'

export interface OutputRequest {
  readonly instrument: string
  readonly key: string
  readonly maxRate: number
}

export type Subscribe = (request: OutputRequest, onFrame: (frame: ArraysFrame) => void) => () => void

/** Results that are followed or shown, the newest of each and numbers over time. */
export interface StageOutputs {
  follow(request: OutputRequest): void
  unfollow(key: string): void
  output(key: string): ShownOutput | null
  receivedMs(key: string): number
  trend(key: string): Trend | null
  putHistory(key: string, times: Float64Array, values: Float64Array): void
  /** Forgets what is neither followed nor named here. */
  keepOnly(isShown: (key: string) => boolean): void
}

interface Entry {
  followers: number
  end: (() => void) | null
  output: ShownOutput | null
  receivedMs: number
  readonly trend: Trend
}

export function createStageOutputs(subscribe: Subscribe, onResult: (key: string) => void): StageOutputs {
  const entries = new Map<string, Entry>()
  const entryOf = (key: string): Entry => {
    const known = entries.get(key)
    if (known !== undefined) return known
    const made: Entry = { followers: 0, end: null, output: null, receivedMs: 0, trend: createTrend() }
    entries.set(key, made)
    return made
  }
  return {
    follow(request) {
      const entry = entryOf(request.key)
      entry.followers += 1
      entry.end ??= subscribe(request, (frame) => {
        const output = shownOutput(frame)
        if (output === null) return
        entry.output = output
        entry.receivedMs = Date.now()
        if (output.shape.length === 0 || output.axes[0] === 'time') entry.trend.append(output)
        onResult(request.key)
      })
    },
    unfollow(key) {
      const entry = entries.get(key)
      if (entry === undefined) return
      entry.followers -= 1
      if (entry.followers > 0) return
      entry.end?.()
      entry.end = null
    },
    output: (key) => entries.get(key)?.output ?? null,
    receivedMs: (key) => entries.get(key)?.receivedMs ?? 0,
    trend: (key) => entries.get(key)?.trend ?? null,
    putHistory(key, times, values) {
      entryOf(key).trend.putBefore(times, values)
    },
    keepOnly(isShown) {
      for (const [key, { followers }] of entries) if (followers <= 0 && !isShown(key)) entries.delete(key)
    },
  }
}
