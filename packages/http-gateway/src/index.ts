export { startGateway } from './gateway.ts'
export type { CatalogSource, GatewayConfig } from './parts.ts'
export { dashboardProfiles, type DashboardProfile, type LiveInstrument } from './livedata/live-instruments.ts'
export type { DetectorAddress } from './detectors/detector-watch.ts'
export type { QueueAddress } from './queue/queue-link.ts'
export type { ServiceSocket } from './services/service-watch.ts'
export {
  httpAccessConfig,
  httpAuthConfig,
  httpConfig,
  httpManagerConfig,
  httpResourcesConfig,
} from './config.ts'
export { GatewayError } from './error.ts'
export type { GatewayErrorCode } from './error.ts'
