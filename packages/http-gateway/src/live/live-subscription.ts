import type { ErrMessage, UserInfo } from '../ui-types.ts'
import type { FrameStamp, Subscription } from './channel.ts'
import { mergePatch } from './merge-patch.ts'
import type { Outbox } from './outbox.ts'

const stateEveryMs = 50
const stateEveryMsCongested = 1_000

export interface SubscriptionOptions {
  readonly id: number
  readonly connection: string
  readonly user: UserInfo
  readonly since: number | null
  readonly outbox: Outbox
  heard?(): number
}

/** One subscription of one socket: counts messages, merges states, leaves events out when the client is slow. */
export class LiveSubscription implements Subscription {
  readonly id: number
  readonly connection: string
  readonly user: UserInfo
  readonly since: number | null
  readonly #outbox: Outbox
  readonly #heard: () => number
  #seq = 0
  #sentState: unknown = undefined
  #nextState: unknown = undefined
  #lastStateMs = Number.NEGATIVE_INFINITY
  #stateTimer: NodeJS.Timeout | null = null
  #dropped = 0
  #closed = false

  constructor(options: SubscriptionOptions) {
    this.id = options.id
    this.connection = options.connection
    this.user = options.user
    this.since = options.since
    this.#outbox = options.outbox
    const openedMs = Date.now()
    this.#heard = () => options.heard?.() ?? openedMs
  }

  get heardMs(): number {
    return this.#heard()
  }

  get congested(): boolean {
    return this.#outbox.congested
  }

  snap(data: unknown): void {
    this.numberedSnap(this.#seq + 1, data)
  }

  numberedSnap(seq: number, data: unknown): void {
    this.#sentState = structuredCopy(data)
    this.#nextState = undefined
    this.#lastStateMs = performance.now()
    this.#send('snap', seq, data)
  }

  state(data: unknown): void {
    if (this.#closed) return
    this.#nextState = data
    if (this.#stateTimer !== null) return
    const period = this.congested ? stateEveryMsCongested : stateEveryMs
    const waitMs = this.#lastStateMs + period - performance.now()
    if (waitMs <= 0) this.#flushState()
    else
      this.#stateTimer = setTimeout(() => {
        this.#stateTimer = null
        this.#flushState()
      }, waitMs)
  }

  event(data: unknown): void {
    this.numberedEvent(this.#seq + 1, data)
  }

  numberedEvent(seq: number, data: unknown): void {
    if (this.#closed) return
    if (this.#dropped > 0 || this.congested) this.#drop()
    else this.#send('event', seq, data)
  }

  frame(build: (stamp: FrameStamp) => Uint8Array): boolean {
    if (this.#closed || this.congested) return false
    this.#seq += 1
    this.#outbox.binary(build({ subscription: this.id, seq: this.#seq, sentMs: Date.now() }))
    return true
  }

  fail(code: ErrMessage['d']['code'], text: string): void {
    this.#send('err', this.#seq + 1, { code, text })
  }

  close(): void {
    this.#closed = true
    if (this.#stateTimer !== null) clearTimeout(this.#stateTimer)
  }

  #flushState(): void {
    const next = this.#nextState
    if (next === undefined || this.#closed) return
    if (this.#sentState === undefined) {
      this.snap(next)
      return
    }
    const patch = mergePatch(this.#sentState, next)
    this.#nextState = undefined
    if (patch === undefined) return
    this.#sentState = structuredCopy(next)
    this.#lastStateMs = performance.now()
    this.#send('delta', this.#seq + 1, patch)
  }

  #drop(): void {
    this.#dropped += 1
    if (this.#dropped > 1) return
    this.#outbox.whenClear(() => {
      const dropped = this.#dropped
      this.#dropped = 0
      this.#send('gap', this.#seq + 1, { dropped })
    })
  }

  #send(kind: 'snap' | 'delta' | 'event' | 'err' | 'gap', seq: number, data: unknown): void {
    if (this.#closed) return
    this.#seq = seq
    this.#outbox.text({ k: kind, id: this.id, seq, t: Date.now(), d: data })
  }
}

/** States are compared later with what was sent, so what was sent must not change under us. */
function structuredCopy(data: unknown): unknown {
  return typeof data === 'object' && data !== null ? structuredClone(data) : data
}
