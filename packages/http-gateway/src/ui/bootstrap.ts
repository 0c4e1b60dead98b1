import type { AuthModes, UserInfo } from './login.ts'
import type { RunSummary } from './runs.ts'
import type { ServiceState } from './services.ts'
import type { ItemEstimate, LiveStatus } from './status.ts'
import type { QueueItem } from '@beamtime/queue-client/wire'

/** GET /api/ui/bootstrap. Open: without a login `user` is null and only `auth` and names are filled. */
export interface Bootstrap {
  /** Changes with the web application's files: offer a reload. */
  readonly build: string
  /** Changes with each start of the gateway: drop caches. */
  readonly boot: string
  readonly version: string
  readonly serverTime: number
  /** IANA name of the facility's time zone. */
  readonly zone: string
  readonly profile: string | null
  readonly facility: { readonly name: string; readonly instrument: string; readonly instrument_id: string }
  readonly auth: AuthModes
  readonly user: UserInfo | null
  readonly scopes: readonly string[]
  readonly roles: readonly string[]
  readonly csrf: string
  /** Null without the scope read:status. */
  readonly status: LiveStatus | null
  readonly runningItem: QueueItem | null
  /** The first 50 items; empty without the scope read:queue. */
  readonly queueHead: readonly QueueItem[]
  readonly estimates: Readonly<Record<string, ItemEstimate>>
  readonly runsActive: readonly RunSummary[]
  readonly detectors: readonly {
    readonly id: string
    readonly name: string
    readonly w: number
    readonly h: number
    readonly dtype: string
  }[]
  readonly instruments: readonly string[]
  readonly services: readonly ServiceState[]
  readonly limits: { readonly bodyBytes: number; readonly consoleBacklog: number; readonly tableRows: number }
  /** Parts that this installation has, by name, e.g. `runs`, `live`, `detectors`, `livedata`, `streams`, `restart`. */
  readonly features: Readonly<Record<string, boolean>>
}
