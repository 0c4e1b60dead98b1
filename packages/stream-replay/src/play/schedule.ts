import { type Profile, profileDue } from './profile.ts'
import { seededRandom } from './random.ts'

/** At which moments messages go out. */
export type Pace =
  | { readonly kind: 'speed'; readonly factor: number }
  | { readonly kind: 'rate'; readonly perSecond: number }
  | { readonly kind: 'bytes'; readonly perSecond: number }
  | { readonly kind: 'profile'; readonly profile: Profile }
  | { readonly kind: 'asap' }

export interface ScheduleOptions {
  readonly pace: Pace
  /** Moves each message by a random time of at most this, either way. */
  readonly jitterMs?: number
  readonly seed?: number
  /** Highest rate on top of the pace, messages per second; a burst of 50 ms may pass. */
  readonly cap?: number
}

/** Where a message stands in the stream. */
export interface ScheduledMessage {
  readonly timeMs: number
  /** Messages and bytes before it since the play began. */
  readonly index: number
  readonly bytes: number
}

interface Anchor extends ScheduledMessage {
  readonly dueMs: number
}

const capDepthMs = 50

/**
 * When each message is due, on one clock without drift: every due time is reckoned from an anchor, never from the message
 * before. Pausing and changing the speed move the anchor.
 */
export class Schedule {
  #pace: Pace
  #anchor: Anchor | null = null
  readonly #jitterMs: number
  readonly #random: () => number
  readonly #cap: number | null
  #capFreeMs = Number.NEGATIVE_INFINITY
  #profileDue: ((index: number) => number) | null = null
  #pausedMs: number | null = null
  readonly #lastByPartition = new Map<string, number>()

  constructor(options: ScheduleOptions) {
    this.#pace = options.pace
    this.#jitterMs = options.jitterMs ?? 0
    this.#random = seededRandom(options.seed ?? 1)
    this.#cap = options.cap ?? null
    if (options.pace.kind === 'profile') this.#profileDue = profileDue(options.pace.profile)
  }

  get pace(): Pace {
    return this.#pace
  }

  get isAnchored(): boolean {
    return this.#anchor !== null
  }

  /** The message is due at `dueMs`; all others follow from it. */
  anchor(message: ScheduledMessage, dueMs: number): void {
    this.#anchor = { ...message, dueMs }
    this.#lastByPartition.clear()
    // During a pause it is from here on that the clock stands still.
    if (this.#pausedMs !== null) this.#pausedMs = dueMs
  }

  /** Due time without jitter and cap. */
  plannedMs(message: ScheduledMessage): number {
    const anchor = this.#anchor
    if (anchor === null) return 0
    switch (this.#pace.kind) {
      case 'asap':
        return anchor.dueMs
      case 'speed':
        return anchor.dueMs + (message.timeMs - anchor.timeMs) / this.#pace.factor
      case 'rate':
        return anchor.dueMs + ((message.index - anchor.index) * 1_000) / this.#pace.perSecond
      case 'bytes':
        return anchor.dueMs + ((message.bytes - anchor.bytes) * 1_000) / this.#pace.perSecond
      case 'profile':
        return anchor.dueMs + (this.#profileDue?.(message.index - anchor.index) ?? 0)
    }
  }

  /** Due time with jitter; messages of one partition keep their order. */
  dueMs(message: ScheduledMessage, partition: string): number {
    const planned = this.plannedMs(message)
    if (this.#jitterMs === 0) return planned
    const moved = planned + (this.#random() * 2 - 1) * this.#jitterMs
    const due = Math.max(moved, this.#lastByPartition.get(partition) ?? Number.NEGATIVE_INFINITY)
    this.#lastByPartition.set(partition, due)
    return due
  }

  /** When the cap lets the next messages go that are otherwise ready at `readyMs`. */
  afterCap(readyMs: number): number {
    return Math.max(readyMs, this.#capFreeMs - capDepthMs)
  }

  /** Notes for the cap that `count` messages went, which were ready at `readyMs`. */
  departed(readyMs: number, count: number): void {
    if (this.#cap !== null) this.#capFreeMs = Math.max(this.#capFreeMs, readyMs) + (count * 1_000) / this.#cap
  }

  pause(nowMs: number): void {
    this.#pausedMs ??= nowMs
  }

  /** All later messages are due later by the length of the pause. */
  resume(nowMs: number): void {
    if (this.#pausedMs === null) return
    this.shift(nowMs - this.#pausedMs)
    this.#pausedMs = null
  }

  /** Moves all later messages. */
  shift(byMs: number): void {
    const anchor = this.#anchor
    if (anchor === null) return
    this.#anchor = { ...anchor, dueMs: anchor.dueMs + byMs }
    for (const [partition, last] of this.#lastByPartition) this.#lastByPartition.set(partition, last + byMs)
  }

  /** Another speed from now on: `next` keeps its place in line, at the distance that the new speed gives it. */
  changePace(pace: Pace, at: { readonly nowMs: number; readonly next: ScheduledMessage }): void {
    const anchor = this.#anchor
    const before = this.#pace
    this.#pace = pace
    this.#profileDue = pace.kind === 'profile' ? profileDue(pace.profile) : null
    if (anchor === null) return
    const nowMs = this.#pausedMs ?? at.nowMs
    if (before.kind === 'speed' && pace.kind === 'speed') {
      const timeMs = anchor.timeMs + (nowMs - anchor.dueMs) * before.factor
      // A player that is late has nothing to catch up at the new speed.
      this.anchor({ ...at.next, timeMs: Math.min(timeMs, at.next.timeMs) }, nowMs)
    } else this.anchor(at.next, nowMs)
  }
}
