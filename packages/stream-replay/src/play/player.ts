import { randomUUID } from 'node:crypto'
import type { Position } from '../positions.ts'
import { parseSelection } from '../rules/selection.ts'
import { letGo, type Unit } from '../source/merged-reader.ts'
import { findStart, findStop, type StartPlace, type StopPlace, totalCount } from '../source/place-finder.ts'
import type { StreamSource } from '../source/stream-source.ts'
import type { DestinationAccess } from './destination.ts'
import { GroupWatch } from './group-watch.ts'
import { Lateness } from './lateness.ts'
import { PassReader } from './pass-reader.ts'
import { PlayClock } from './play-clock.ts'
import type { PlayOptions } from './play-options.ts'
import { type PlayProgress, type PlayResult, type PlayState, RateMeter } from './play-progress.ts'
import { PlaySender } from './play-sender.ts'
import { type PlayTime, realTime } from './play-time.ts'
import type { Pace } from './schedule.ts'

export interface PlayerAccess extends DestinationAccess {
  /** Default: that of the machine. */
  readonly time?: PlayTime
  /** Called when a pass has been played: how many messages, in how many seconds. */
  readonly onPass?: (pass: {
    readonly pass: number
    readonly messages: number
    readonly seconds: number
  }) => void
  /** Called when a pass took longer than the interval. */
  readonly onLatePass?: (pass: { readonly seconds: number; readonly intervalSeconds: number }) => void
}

/** Gaps between messages that the median is taken of. */
const maxGaps = 10_000

/** Times of one pass, as far as they are needed for the next. */
interface PassTimes {
  readonly startMs: number
  firstTimeMs: number | null
  lastTimeMs: number | null
  readonly gaps: number[]
}

/** Plays one source once. `run` plays; the other methods control it from then on. */
export class Player {
  readonly id: string = randomUUID()
  readonly #options: PlayOptions
  readonly #source: StreamSource
  readonly #access: PlayerAccess
  readonly #time: PlayTime
  readonly #clock: PlayClock
  readonly #sender: PlaySender
  readonly #lateness = new Lateness()
  readonly #rate = new RateMeter()
  #groups: GroupWatch | null = null
  readonly #begun = Promise.withResolvers<void>()
  #state: PlayState = 'starting'
  #pass = 0
  #read = 0
  #emitted = 0
  #emittedBytes = 0
  /** Messages of the source before the next one. */
  #index = 0
  #timeMs: number | null = null
  #startedMs = 0
  #times: PassTimes = { startMs: 0, firstTimeMs: null, lastTimeMs: null, gaps: [] }
  #needsAnchor = true
  #anchorMs = 0

  constructor(source: StreamSource, options: PlayOptions, access: PlayerAccess) {
    this.#source = source
    this.#options = options
    this.#access = access
    this.#time = access.time ?? realTime
    this.#sender = new PlaySender({ source, options, access, playId: this.id })
    this.#clock = new PlayClock(options, this.#sender, this.#time)
  }

  /** Resolves when the first message is due. */
  get begun(): Promise<void> {
    return this.#begun.promise
  }

  get state(): PlayState {
    return this.#clock.isPaused && this.#state === 'playing' ? 'paused' : this.#state
  }

  get pace(): Pace {
    return this.#clock.pace
  }

  /** Topics that are written to. */
  get topics(): readonly string[] {
    return this.#sender.topics
  }

  /** Freezes the clock: everything that follows is later by the length of the pause. */
  pause(): void {
    this.#clock.pause()
  }

  resume(): void {
    this.#clock.resume()
  }

  /** Lets the next message out while paused. */
  step(): void {
    this.#clock.step()
  }

  /** Goes on at another place of the current pass. */
  seek(position: Position): void {
    this.#clock.seek(position)
  }

  /** Changes the pace from the next message on. */
  setPace(pace: Pace): void {
    this.#clock.setPace(pace)
  }

  /** Ends the play after what has been sent is acknowledged. */
  stop(): void {
    this.#clock.stop()
  }

  /** Resets the window over which lag is told: for one watcher that asks about four times a second. */
  progress(): PlayProgress {
    const nowMs = this.#time.nowMs()
    const { sent, acked, bytes, ackedBytes, queue } = this.#sender.counts
    const total = totalCount(this.#source)
    const isOver = this.#state === 'failed' || this.#state === 'stopped' || this.#state === 'done'
    return {
      state: this.state,
      pass: this.#pass,
      position: {
        n: this.#index,
        ts: this.#timeMs,
        pct: total === 0 ? null : Math.min(100, (this.#index * 100) / total),
      },
      sent,
      acked,
      failed: isOver ? sent - acked : 0,
      bytes,
      rate: this.#rate.rate(nowMs, acked, ackedBytes),
      lag: this.#lateness.takeWindow(),
      queue,
      elapsedMs: this.#startedMs === 0 ? 0 : nowMs - this.#startedMs,
      etaMs: this.#etaMs(nowMs, total),
      groups: this.#groups?.lags ?? [],
    }
  }

  #etaMs(nowMs: number, total: number): number | null {
    const { pace } = this.#clock
    const { loop = 1 } = this.#options
    if (loop !== 1 || this.#timeMs === null || this.#clock.isPaused) return null
    if (pace.kind === 'speed') {
      const lastMs = Math.max(...this.#source.partitions.map(({ lastTs }) => lastTs ?? 0))
      return lastMs === 0 ? null : Math.max(0, (lastMs - this.#timeMs) / pace.factor)
    }
    if (pace.kind === 'rate') return ((total - this.#index) * 1_000) / pace.perSecond
    const elapsedMs = nowMs - this.#startedMs
    return this.#emitted === 0 ? null : (elapsedMs * (total - this.#index)) / this.#emitted
  }

  /** Plays. Resolves when everything that was sent is acknowledged; rejects with ReplayError. */
  async run(): Promise<PlayResult> {
    try {
      await this.#sender.open()
      this.#groups = new GroupWatch(this.#access.admin, this.topics)
      const passes = await this.#playAll()
      this.#state = 'draining'
      await this.#sender.settle()
      await this.#sender.save({ pass: passes, isDone: !this.#clock.isStopped })
      this.#state = this.#clock.isStopped ? 'stopped' : 'done'
      return this.#result(passes)
    } catch (error) {
      this.#state = 'failed'
      throw error
    } finally {
      this.#sender.close()
      await this.#groups?.close()
    }
  }

  async #playAll(): Promise<number> {
    const { loop = 1, start, stop } = this.#options
    const startPlace = await findStart(this.#source, start)
    const stopPlace = await findStop(this.#source, stop)
    this.#startedMs = this.#time.nowMs()
    this.#state = 'playing'
    this.#begun.resolve()
    let startMs = this.#startedMs
    const { firstPass } = this.#sender
    this.#pass = firstPass ?? loop
    while (this.#pass < loop && !this.#clock.isStopped) {
      const before = this.#emitted
      await this.#playPass(startPlace, stopPlace, startMs)
      await this.#sender.settle()
      // The first pass begins when its first message is at hand.
      if (before === 0) startMs = this.#clock.originMs
      const seconds = (this.#time.nowMs() - startMs) / 1_000
      // What a stop has cut short is no pass: a play that goes on takes it up again.
      if (this.#clock.isStopped) break
      this.#access.onPass?.({ pass: this.#pass, messages: this.#emitted - before, seconds })
      this.#pass++
      if (this.#emitted === before && loop === Infinity) break // nothing to repeat
      startMs = this.#nextPassMs(startMs, seconds)
      if (this.#pass < loop) await this.#sender.save({ pass: this.#pass, isDone: false })
    }
    return this.#pass
  }

  #nextPassMs(startMs: number, seconds: number): number {
    const nowMs = this.#time.nowMs()
    const { intervalMs } = this.#options
    if (intervalMs !== undefined) {
      if (seconds * 1_000 > intervalMs)
        this.#access.onLatePass?.({ seconds, intervalSeconds: intervalMs / 1_000 })
      return Math.max(nowMs, startMs + intervalMs)
    }
    const { pace } = this.#clock
    const { firstTimeMs, lastTimeMs, gaps } = this.#times
    if (pace.kind !== 'speed' || firstTimeMs === null || lastTimeMs === null) return nowMs
    const gap = gaps.toSorted((a, b) => a - b)[gaps.length >>> 1] ?? 0
    return Math.max(nowMs, this.#anchorMs + (lastTimeMs - firstTimeMs + gap) / pace.factor)
  }

  async #playPass(start: StartPlace, stop: StopPlace, startMs: number): Promise<void> {
    this.#times = { startMs, firstTimeMs: null, lastTimeMs: null, gaps: [] }
    // Paces by number go on through all passes, unless passes have a beginning of their own.
    this.#needsAnchor =
      !this.#clock.isAnchored || this.#clock.pace.kind === 'speed' || this.#options.intervalMs !== undefined
    this.#anchorMs = startMs
    let reader = this.#openPass(start, stop)
    try {
      while (!this.#clock.isStopped) {
        const seekTo = this.#clock.takeSeek()
        if (seekTo !== null) {
          await reader.close()
          reader = this.#openPass(await findStart(this.#source, seekTo), stop)
          this.#anchorMs = this.#time.nowMs()
          this.#needsAnchor = true
        }
        const unit = await reader.next()
        if (unit !== null) await this.#play(unit)
        // What waits to be sent is not behind us yet.
        if (!this.#clock.isSought) this.#index = reader.index
        if (unit === null) break
      }
    } finally {
      this.#sender.flush()
      await reader.close()
    }
  }

  #openPass(start: StartPlace, stop: StopPlace): PassReader {
    const { select, sample = 1 } = this.#options
    return new PassReader({
      source: this.#source,
      start,
      stop,
      selection: select === undefined ? null : parseSelection(select),
      sample,
      rules: this.#sender.rules,
      mayStayWhole: (batch) => !this.#clock.isPaused && this.#sender.mayStayWhole(batch, this.#clock.pace),
    })
  }

  async #play(unit: Unit): Promise<void> {
    this.#read += unit.count
    const times = this.#times
    times.firstTimeMs ??= unit.timeMs
    if (times.lastTimeMs !== null && times.gaps.length < maxGaps)
      times.gaps.push(unit.timeMs - times.lastTimeMs)
    times.lastTimeMs = unit.timeMs
    const place = this.#sender.placeOf(unit)
    if (place === null) return letGo(unit)
    const message = { timeMs: unit.timeMs, index: this.#emitted, bytes: this.#emittedBytes }
    if (this.#needsAnchor) {
      this.#anchorMs = this.#clock.anchor(message, this.#anchorMs)
      this.#needsAnchor = false
    }
    const departure = await this.#clock.departure(message, `${place.topic}/${place.partition}`, unit.count)
    if (departure === null) return letGo(unit)
    this.#timeMs = unit.timeMs
    this.#emitted += unit.count
    this.#emittedBytes += unit.bytes
    const { dueMs, nowMs } = departure
    this.#lateness.add(nowMs - dueMs, unit.count)
    await this.#sender.send(unit, place, { dueMs, pass: this.#pass, originMs: this.#clock.originMs })
    await this.#sender.save({ pass: this.#pass, isDone: false, nowMs })
  }

  #result(passes: number): PlayResult {
    const { sent, acked, bytes, places } = this.#sender.counts
    return {
      state: this.#clock.isStopped ? 'stopped' : 'done',
      passes,
      read: this.#read,
      sent,
      acked,
      bytes,
      durationMs: this.#time.nowMs() - this.#startedMs,
      lateness: this.#lateness.summary(),
      places,
      warnings: this.#sender.warnings,
    }
  }
}
