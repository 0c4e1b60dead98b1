import { isGated, type StreamMessage } from '../stream-message.ts'
import type { Batch, BatchAction, Batcher } from './batch.ts'
import { largestGroup } from './plausible-anchor.ts'
import { streamRates } from './stream-rates.ts'
import { windowLadder } from './window-ladder.ts'

export interface WindowBatcherOptions {
  /** Length of the shortest window in s. Default 1. */
  readonly windowS?: number
  /** Bytes of messages that may wait for their window; beyond it they join the open one. Default 268 435 456. */
  readonly maxWaitingBytes?: number
}

const closeTimeoutWindows = 1.2
const horizonWindows = 3n
const stallWindows = 10
/** Wall time in which the open window made no progress, in windows, after which the clock follows the data. */
const strayWindows = 1.2
const rememberedTimes = 4_096
/** Data cannot come from the future; clocks of producers may be off by this much. */
const wallHorizonMs = 86_400_000

/**
 * Windows follow the data. A window closes when every stream with a known rate has reached its last slot, or when the
 * data are 1.2 windows past its start. Late messages join the open window and nothing is dropped. Messages up to three
 * windows ahead wait for theirs; those further ahead join the open one and do not move the clock, and neither do times
 * that cannot be (before 1970, a day ahead of the wall clock). When the open window made no progress for 1.2
 * windows of wall time, or nothing closed for ten, the clock goes to where most of the data are.
 */
export class WindowBatcher implements Batcher {
  private readonly ladder
  private readonly rates = streamRates()
  private readonly maxWaitingBytes: number
  private open: Batch | null = null
  private highWaterNs = 0n
  /** Before the first window: everything. Later: what lies ahead of the open window. */
  private waiting: StreamMessage[] = []
  private waitingBytes = 0
  /** Times since the last close, and those far from the open window since it made progress. */
  private recentNs: bigint[] = []
  private strayNs: bigint[] = []
  private lastCloseMs: number | null = null
  private lastActiveMs: number | null = null
  private lastProgressMs = 0

  constructor(options: WindowBatcherOptions = {}) {
    this.ladder = windowLadder(options.windowS)
    this.maxWaitingBytes = options.maxWaitingBytes ?? 268_435_456
  }

  intervalS(): number {
    return this.ladder.lengthMs() / 1_000
  }

  processed(elapsedMs: number): void {
    this.ladder.processed(elapsedMs)
  }

  add(messages: readonly StreamMessage[], nowMs: number): readonly BatchAction[] {
    const actions: BatchAction[] = []
    for (const message of messages) this.take(message, nowMs, actions)
    this.closeComplete(nowMs, actions)
    return actions
  }

  tick(nowMs: number): readonly BatchAction[] {
    const actions: BatchAction[] = []
    if (this.open === null) this.begin(nowMs, actions)
    else {
      this.followData(nowMs, actions)
      this.closeComplete(nowMs, actions)
    }
    this.restWhenIdle(nowMs)
    return actions
  }

  // oxlint-disable-next-line max-params -- in, when, out
  private take(message: StreamMessage, nowMs: number, actions: BatchAction[]): void {
    if (!isGated(message)) {
      actions.push({ kind: 'deliver', message })
      return
    }
    if (this.open === null) {
      this.hold(message, actions)
      return
    }
    const { timeNs } = message
    const isPlausible = this.isPlausible(timeNs, nowMs)
    const lengthNs = this.open.endNs - this.open.startNs
    const aheadNs = timeNs - this.open.startNs
    const isAhead = aheadNs > horizonWindows * lengthNs
    if (isPlausible) this.remember(timeNs, { isStray: isAhead || aheadNs < -lengthNs })
    if (!isPlausible || isAhead) {
      actions.push({ kind: 'deliver', message })
      return
    }
    this.rates.seen(message)
    if (timeNs > this.highWaterNs) {
      this.highWaterNs = timeNs
      this.lastProgressMs = nowMs
      this.strayNs = []
    }
    if (timeNs < this.open.endNs) actions.push({ kind: 'deliver', message })
    else this.hold(message, actions)
  }

  private hold(message: StreamMessage, actions: BatchAction[]): void {
    this.waiting.push(message)
    this.waitingBytes += message.sizeBytes
    if (this.waitingBytes <= this.maxWaitingBytes) return
    for (const each of this.waiting) actions.push({ kind: 'deliver', message: each })
    this.waiting = []
    this.waitingBytes = 0
  }

  private isPlausible(timeNs: bigint, nowMs: number): boolean {
    return timeNs > 0n && timeNs < BigInt(Math.trunc(nowMs + wallHorizonMs)) * 1_000_000n
  }

  private remember(timeNs: bigint, { isStray }: { readonly isStray: boolean }): void {
    if (isStray) this.strayNs.push(timeNs)
    this.recentNs.push(timeNs)
    for (const times of [this.recentNs, this.strayNs])
      if (times.length > rememberedTimes) times.splice(0, rememberedTimes >> 1)
  }

  /** The first window ends where most of the data so far end, and takes all of them. */
  private begin(nowMs: number, actions: BatchAction[]): void {
    if (this.waiting.length === 0) return
    const times = this.waiting
      .map((message) => message.timeNs)
      .filter((time) => this.isPlausible(time, nowMs))
    const group = largestGroup(times, horizonWindows * this.ladder.lengthNs())
    if (group === null) return
    const messages = this.waiting
    this.waiting = []
    this.waitingBytes = 0
    for (const message of messages) {
      this.rates.seen(message)
      actions.push({ kind: 'deliver', message })
    }
    // A first message alone has no length, but rates divide by it.
    const startNs = group.earliestNs < group.latestNs ? group.earliestNs : group.latestNs - pulseNs
    this.close({ startNs, endNs: group.latestNs }, nowMs, actions)
  }

  /** Closes windows as long as they are complete; each close may bring waiting messages into the next one. */
  private closeComplete(nowMs: number, actions: BatchAction[]): void {
    for (;;) {
      if (this.open === null) return
      const { startNs, endNs } = this.open
      const lengthNs = endNs - startNs
      const timeoutNs = startNs + BigInt(Math.round(Number(lengthNs) * closeTimeoutWindows))
      if (this.highWaterNs < timeoutNs && !this.rates.isComplete(startNs, lengthNs)) return
      this.close(this.open, nowMs, actions)
    }
  }

  // oxlint-disable-next-line max-params -- what, when, out
  private close(batch: Batch, nowMs: number, actions: BatchAction[]): void {
    actions.push({ kind: 'close', batch })
    this.rates.closed()
    this.recentNs = []
    this.strayNs = []
    this.lastCloseMs = nowMs
    this.lastActiveMs = nowMs
    this.lastProgressMs = nowMs
    this.openAt(batch.endNs, actions)
  }

  private openAt(startNs: bigint, actions: BatchAction[]): void {
    const endNs = startNs + this.ladder.lengthNs()
    this.open = { startNs, endNs }
    if (this.highWaterNs < startNs) this.highWaterNs = startNs
    const held = this.waiting
    this.waiting = []
    this.waitingBytes = 0
    for (const message of held) {
      if (message.timeNs < endNs) actions.push({ kind: 'deliver', message })
      else this.hold(message, actions)
    }
  }

  private followData(nowMs: number, actions: BatchAction[]): void {
    if (this.open === null) return
    const lengthMs = this.ladder.lengthMs()
    const isStray = nowMs - this.lastProgressMs >= strayWindows * lengthMs
    const isStalled = nowMs - (this.lastCloseMs ?? nowMs) >= stallWindows * lengthMs
    if (!isStray && !isStalled) return
    const { startNs, endNs } = this.open
    const times = isStray ? this.strayNs : this.recentNs
    const group = largestGroup(times, horizonWindows * (endNs - startNs))
    if (group === null) return
    this.lastCloseMs = nowMs
    if (group.latestNs >= startNs && group.latestNs < endNs) return
    // What waited and what was delivered late are results of the window that ends at the anchor.
    for (const message of this.waiting) actions.push({ kind: 'deliver', message })
    this.waiting = []
    this.waitingBytes = 0
    this.rates.forget()
    this.highWaterNs = group.latestNs
    this.close({ startNs: group.earliestNs - pulseNs, endNs: group.latestNs }, nowMs, actions)
  }

  private restWhenIdle(nowMs: number): void {
    if (this.lastActiveMs === null) return
    const idleMs = nowMs - this.lastActiveMs
    if (idleMs < 3 * this.ladder.lengthMs()) return
    this.ladder.idle(idleMs)
    this.lastActiveMs = nowMs
  }
}

const pulseNs = 71_428_571n
