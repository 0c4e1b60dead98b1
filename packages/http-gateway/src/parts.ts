import type { BuildInfo, Health, Logger, Metrics, SectionValues } from '@beamtime/service-kit'
import type { facilityConfig } from '@beamtime/service-kit'
import type { Hdf5Reader } from '@beamtime/hdf5'
import type { Authority } from './auth/authority.ts'
import type { httpAuthConfig, httpConfig, httpResourcesConfig } from './config.ts'
import type { ConsoleLog } from './console/console-log.ts'
import type { DetectorAddress } from './detectors/detector-watch.ts'
import type { ImageViews } from './detectors/image-views.ts'
import type { LiveInstrument, LiveInstruments } from './livedata/live-instruments.ts'
import type { DetectorParts } from './routes/detectors.ts'
import type { FormLibrary } from './forms/form-library.ts'
import type { TlsMaterial } from './http/tls.ts'
import type { Estimates } from './queue/estimates.ts'
import type { HistoryMirror } from './queue/history-mirror.ts'
import type { LiveStatusSource } from './queue/live-status.ts'
import type { QueueAddress, QueueLink } from './queue/queue-link.ts'
import type { QueueMirror } from './queue/queue-mirror.ts'
import type { RunLibrary } from './runs/run-library.ts'
import type { RunFeed } from './runs/run-feed.ts'
import type { AuditLog } from './services/audit-log.ts'
import type { LogFiles } from './services/log-files.ts'
import type { ServiceSocket, ServiceWatch } from './services/service-watch.ts'
import type { Supervisor } from './services/supervisor.ts'
import type { StreamParts } from './streams/stream-parts.ts'
import type { UserSettings } from './store/user-settings.ts'
import type { BusOptions } from '@beamtime/bus'

/** One catalog of runs and the topic that fills it. */
export interface CatalogSource {
  readonly name: string
  /** File of the catalog. */
  readonly path: string
  readonly topic: string
}

/** What `startGateway` is given; made by the command line from the configuration. */
export interface GatewayConfig {
  readonly http: SectionValues<typeof httpConfig>
  readonly auth: SectionValues<typeof httpAuthConfig>
  /** Absent: everybody is in the group `primary`. */
  readonly resources?: SectionValues<typeof httpResourcesConfig>
  readonly facility: SectionValues<typeof facilityConfig>
  /** Managers; the one named by `http.queue`, else the first, is served under /api. At least one. */
  readonly queues: readonly QueueAddress[]
  /** Null: no live data, runs come from the catalogs only. */
  readonly bus: BusOptions | null
  /** Schema registry for the stream pages; absent or empty: none. */
  readonly registryUrl?: string
  /** Detector services; absent: none. */
  readonly detectors?: readonly DetectorAddress[]
  /** Instruments with live data; absent: none. */
  readonly livedata?: readonly LiveInstrument[]
  readonly catalogs: readonly CatalogSource[]
  readonly services: readonly ServiceSocket[]
  /** Folder of the built web application; empty when it is not built. */
  readonly webRoot: string
  readonly build: BuildInfo
}

/** Everything that routes and channels use. Made once at the start. */
export interface GatewayParts {
  readonly config: GatewayConfig
  readonly versionInfo: Readonly<Record<string, unknown>>
  /** Differs for each start. */
  readonly boot: string
  readonly tls: TlsMaterial | null
  readonly log: Logger
  readonly metrics: Metrics
  readonly health: Health
  readonly authority: Authority
  readonly loginCookie: string
  readonly link: QueueLink
  readonly otherLinks: readonly QueueLink[]
  readonly queue: QueueMirror
  readonly history: HistoryMirror
  readonly status: LiveStatusSource
  readonly estimates: Estimates
  readonly console: ConsoleLog
  readonly forms: FormLibrary
  readonly library: RunLibrary
  readonly feed: RunFeed
  readonly services: ServiceWatch
  readonly supervisor: Supervisor
  readonly logs: LogFiles
  readonly audit: AuditLog
  readonly settings: UserSettings
  readonly detectors: DetectorParts
  readonly livedata: LiveInstruments
  readonly images: ImageViews
  /** Reads HDF5 files below `http.file_roots`. */
  readonly files: Hdf5Reader
  /** Null without a bus. */
  readonly streams: StreamParts | null
}
