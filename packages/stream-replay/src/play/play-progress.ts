import type { PlaceTotals } from './outbox.ts'

export type PlayState = 'starting' | 'playing' | 'paused' | 'draining' | 'done' | 'failed' | 'stopped'

export interface GroupLag {
  readonly group: string
  readonly topic: string
  readonly lag: number
}

/** What a play says of itself, about four times a second. */
export interface PlayProgress {
  readonly state: PlayState
  /** From 0. */
  readonly pass: number
  /** Message number in the source, its time there (ms since 1970), and how far that is (0 to 100, null when unknown). */
  readonly position: { readonly n: number; readonly ts: number | null; readonly pct: number | null }
  readonly sent: number
  readonly acked: number
  /** Sent but given up. */
  readonly failed: number
  readonly bytes: number
  /** Over the last second: messages and bytes per second. */
  readonly rate: { readonly msg: number; readonly bytes: number }
  /** How late messages went out since the last report. */
  readonly lag: { readonly meanMs: number; readonly maxMs: number }
  /** Messages waiting for their acknowledgement. */
  readonly queue: number
  readonly elapsedMs: number
  /** Until the end of the last pass; null for an endless play, or when the pace does not say. */
  readonly etaMs: number | null
  /** Consumer groups of the topics that are written to. */
  readonly groups: readonly GroupLag[]
}

export interface PlayResult {
  readonly state: 'done' | 'stopped'
  readonly passes: number
  readonly read: number
  readonly sent: number
  readonly acked: number
  readonly bytes: number
  readonly durationMs: number
  readonly lateness: {
    readonly meanMs: number
    readonly p50Ms: number
    readonly p99Ms: number
    readonly maxMs: number
  }
  readonly places: readonly PlaceTotals[]
  /** Things a person should know: fields that could not be moved, loops that repeat uids. */
  readonly warnings: readonly string[]
}

/** Messages and bytes per second over the last second. */
export class RateMeter {
  readonly #samples: { readonly atMs: number; readonly messages: number; readonly bytes: number }[] = []

  rate(atMs: number, messages: number, bytes: number): { readonly msg: number; readonly bytes: number } {
    this.#samples.push({ atMs, messages, bytes })
    while (this.#samples.length > 2 && atMs - (this.#samples[1]?.atMs ?? atMs) >= 1_000) this.#samples.shift()
    const first = this.#samples[0] ?? { atMs, messages, bytes }
    const seconds = (atMs - first.atMs) / 1_000
    if (seconds <= 0) return { msg: 0, bytes: 0 }
    return { msg: (messages - first.messages) / seconds, bytes: (bytes - first.bytes) / seconds }
  }
}
