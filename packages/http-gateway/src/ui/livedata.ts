import type { LiveState } from '@beamtime/live-data/ui-types'

/** GET /api/livedata */
export interface LiveInstrumentInfo {
  readonly name: string
  /** Addresses of the dashboards with ports of their own. */
  readonly dashboards: Readonly<Record<string, string>>
}

/** State of the channel `livedata`. */
export interface LiveChannelState extends LiveState {
  readonly isConnected: boolean
  /** Outputs that have a result, as `workflow/source/output`. */
  readonly outputKeys: readonly string[]
}

/** GET /api/livedata/{instrument}/history?key= ; times in Unix ms. */
export interface LiveHistoryAnswer {
  readonly key: string
  readonly times: readonly number[]
  readonly values: readonly number[]
}
