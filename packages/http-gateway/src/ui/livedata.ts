import type { LiveGrid, LiveGridProblem, LiveState } from '@beamtime/live-data/ui-types'

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
  readonly sessions: readonly LiveSession[]
}

/** A page that looks at the instrument. */
export interface LiveSession {
  readonly id: string
  readonly user: string
  /** Unix ms; heard at least every 5 s. */
  readonly since: number
  readonly heardAt: number
  /** The page that asks. */
  readonly isSelf: boolean
}

/** POST /api/livedata/{instrument}/grids/check `{yaml}`: layouts of a file, or what is wrong with it. */
export interface LiveGridCheck {
  readonly grids: readonly LiveGrid[]
  readonly problem: LiveGridProblem | null
}

/** GET /api/livedata/{instrument}/history?key= ; times in Unix ms. */
export interface LiveHistoryAnswer {
  readonly key: string
  readonly times: readonly number[]
  readonly values: readonly number[]
}
