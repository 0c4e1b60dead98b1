import type { DeviceProgress, QueueStatus } from '@beamtime/queue-client/wire'

/**
 * Data of the channel `status`: the manager's status object (all of it once a manager was seen) and what the gateway adds.
 * A field that becomes null is removed by a delta (RFC 7396): read an absent field as null.
 */
export interface LiveStatus extends Partial<QueueStatus> {
  /** Whether the manager is heard now; when not, the other fields are the last known ones. */
  readonly manager: { readonly reachable: boolean; readonly since: number; readonly lastSeen: number | null }
  readonly progress?: RunProgress | null
  readonly queueEta?: QueueEta | null
  /** Uid of the run that is open now. */
  readonly run_uid?: string | null
}

export type RunPhase = 'starting' | 'running' | 'pausing' | 'paused' | 'suspended' | 'stopping'

export interface RunProgress {
  readonly item: string
  readonly plan: string
  readonly n: number
  readonly total?: number | null
  /** 0 to 1. */
  readonly fraction?: number | null
  readonly started: number
  readonly eta?: number | null
  /** True while fewer than 5 points are the base of the estimate: show it with "~". */
  readonly approximate: boolean
  readonly pointSeconds?: number | null
  readonly phase: RunPhase
  readonly devices: readonly DeviceProgress[]
}

/** When the queue will be done: `until` is null when no item has an estimate; `unknown` items have none and count as 0 s. */
export interface QueueEta {
  readonly until?: number | null
  readonly seconds: number
  readonly unknown: number
  readonly approximate: boolean
}

export interface ItemEstimate {
  readonly points?: number
  readonly seconds?: number
  /** `history`: mean of the last runs of the same plan with the same number of points. */
  readonly from: 'history' | 'points'
}
