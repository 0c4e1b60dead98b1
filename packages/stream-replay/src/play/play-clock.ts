import type { Position } from '../positions.ts'
import type { PlayOptions } from './play-options.ts'
import type { PlayTime } from './play-time.ts'
import { type Pace, Schedule, type ScheduledMessage } from './schedule.ts'

/** When a message was due and when it went, on the monotonic clock. */
export interface Departure {
  readonly dueMs: number
  readonly nowMs: number
}

/** What the clock needs of whoever sends. */
export interface ClockDuties {
  /** Before waiting: what is due has to go now. */
  flush(): void
  /** Resolves when there is room for more. Rejects when sending failed. */
  room(): Promise<void>
}

/** A player that sends as fast as it can lets other work in this often. */
const yieldMs = 5
/** A pause is looked at this often, so that a failure of the broker ends it. */
const pausedCheckMs = 1_000

/** Lets messages go when they are due, and takes the commands of whoever watches: pause, step, seek, speed, stop. */
export class PlayClock {
  readonly #schedule: Schedule
  readonly #duties: ClockDuties
  readonly #slips: boolean
  #isPaused = false
  #isStopped = false
  #steps = 0
  #seekTo: Position | null = null
  #next: ScheduledMessage = { timeMs: 0, index: 0, bytes: 0 }
  #wake: (() => void) | null = null
  #breathedMs = 0
  #originMs: number | null = null

  readonly #time: PlayTime

  constructor(options: PlayOptions, duties: ClockDuties, time: PlayTime) {
    this.#time = time
    const { pace = { kind: 'speed', factor: 1 }, jitterMs, seed, cap, slip = false } = options
    this.#schedule = new Schedule({
      pace,
      ...(jitterMs === undefined ? {} : { jitterMs }),
      ...(seed === undefined ? {} : { seed }),
      ...(cap === undefined ? {} : { cap }),
    })
    this.#duties = duties
    this.#slips = slip
  }

  get pace(): Pace {
    return this.#schedule.pace
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  get isAnchored(): boolean {
    return this.#schedule.isAnchored
  }

  /** Due time of the very first message. */
  get originMs(): number {
    return this.#originMs ?? this.#time.nowMs()
  }

  pause(): void {
    if (this.#isPaused) return
    this.#isPaused = true
    this.#schedule.pause(this.#time.nowMs())
    this.#wake?.()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#steps = 0
    this.#schedule.resume(this.#time.nowMs())
    this.#wake?.()
  }

  step(): void {
    this.#steps++
    this.#wake?.()
  }

  seek(position: Position): void {
    this.#seekTo = position
    this.#wake?.()
  }

  get isSought(): boolean {
    return this.#seekTo !== null
  }

  /** The place that is sought, once. */
  takeSeek(): Position | null {
    const position = this.#seekTo
    this.#seekTo = null
    return position
  }

  setPace(pace: Pace): void {
    this.#schedule.changePace(pace, { nowMs: this.#time.nowMs(), next: this.#next })
    this.#wake?.()
  }

  stop(): void {
    this.#isStopped = true
    this.#wake?.()
  }

  /** From here on everything is reckoned from this message, which goes at `atMs` or now. Returns when. */
  anchor(message: ScheduledMessage, atMs: number): number {
    const dueMs = Math.max(this.#time.nowMs(), atMs)
    this.#schedule.anchor(message, dueMs)
    if (this.#isPaused) this.#schedule.pause(dueMs)
    this.#originMs ??= dueMs
    return dueMs
  }

  /** Waits until a message may go; null when it must not go at all any more (stopped, or another place is sought). */
  async departure(message: ScheduledMessage, partition: string, count: number): Promise<Departure | null> {
    this.#next = message
    const jitterMs = this.#schedule.dueMs(message, partition) - this.#schedule.plannedMs(message)
    while (!this.#isStopped && this.#seekTo === null) {
      const nowMs = this.#time.nowMs()
      if (this.#isPaused) {
        if (this.#steps > 0) {
          this.#steps--
          return { dueMs: nowMs, nowMs }
        }
        await this.#wait(pausedCheckMs)
        continue
      }
      const dueMs = this.pace.kind === 'asap' ? nowMs : this.#schedule.plannedMs(message) + jitterMs
      const waitMs = this.#schedule.afterCap(dueMs) - nowMs
      if (waitMs <= 0) {
        this.#schedule.departed(dueMs, count)
        if (this.#slips) this.#schedule.shift(-waitMs)
        await this.#breathe(nowMs)
        return { dueMs, nowMs }
      }
      await this.#wait(waitMs)
    }
    return null
  }

  /** A player that does not wait still lets acknowledgements and other work in. */
  async #breathe(nowMs: number): Promise<void> {
    await this.#duties.room()
    if (nowMs - this.#breathedMs < yieldMs) return
    this.#breathedMs = nowMs
    this.#duties.flush()
    await new Promise<void>((resolve) => setImmediate(resolve))
  }

  /** Ends early when a command comes. A timer may fire late, never early; the due time is looked at again in any case. */
  async #wait(ms: number): Promise<void> {
    this.#duties.flush()
    await new Promise<void>((resolve) => {
      const cancel = this.#time.after(ms, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
    this.#wake = null
    this.#breathedMs = this.#time.nowMs()
    await this.#duties.room()
  }
}
