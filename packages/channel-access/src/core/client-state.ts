import { createCircuitPool, type CircuitPool } from './circuit-pool.ts'
import type { ClientAction } from './client-actions.ts'
import type { ChannelRecord, SubscriptionRecord } from './client-channel.ts'
import { createIdAllocator, type IdAllocator } from './id-allocator.ts'
import { createNameServers, type NameServers } from './name-servers.ts'
import type { Random } from './random.ts'
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts'
import { createSearchScheduler, type SearchScheduler } from './search-scheduler.ts'

export interface ClientCoreOptions {
  readonly connTimeoutMs: number
  readonly maxSearchPeriodMs: number
  readonly maxPayloadBytes: number
  readonly flowControlBytes: number
  readonly searchDatagramsPerS: number
  readonly userName: string
  readonly hostName: string
  readonly random: Random
  readonly nowMs: number
  /** First request and channel ids; for tests of their wrapping. */
  readonly firstId?: number
}

/** What the parts of the client share. */
export interface ClientState {
  readonly channels: Map<number, ChannelRecord>
  readonly subscriptions: Map<number, SubscriptionRecord>
  /** Reads that refresh a subscription after its circuit came back to life. */
  readonly refreshes: Map<number, SubscriptionRecord>
  readonly pool: CircuitPool
  readonly search: SearchScheduler
  readonly nameServers: NameServers
  readonly limiter: RateLimiter
  readonly channelIds: IdAllocator
  /** Of reads, puts and subscriptions alike: the server quotes them in one field of ERROR. */
  readonly requestIds: IdAllocator
  nowMs: number
  /** No circuit needs a tick before this. */
  circuitsDueMs: number
  push(action: ClientAction): void
  takeActions(): readonly ClientAction[]
}

export function createClientState(options: ClientCoreOptions): ClientState {
  let actions: ClientAction[] = []
  return {
    channels: new Map(),
    subscriptions: new Map(),
    refreshes: new Map(),
    pool: createCircuitPool(options),
    search: createSearchScheduler({
      maxPeriodMs: options.maxSearchPeriodMs,
      datagramsPerS: options.searchDatagramsPerS,
      random: options.random,
    }),
    nameServers: createNameServers(),
    limiter: createRateLimiter(),
    channelIds: createIdAllocator(options.firstId),
    requestIds: createIdAllocator(options.firstId),
    nowMs: options.nowMs,
    circuitsDueMs: Infinity,
    push: (action) => void actions.push(action),
    takeActions() {
      const taken = actions
      actions = []
      return taken
    },
  }
}
