import { busConfig } from '@beamtime/bus'
import { daqConfig } from '@beamtime/detector-daq/config'
import { storeConfig } from '@beamtime/document-store'
import {
  httpAccessConfig,
  httpAuthConfig,
  httpConfig,
  httpManagerConfig,
  httpResourcesConfig,
} from '@beamtime/http-gateway'
import { brokerConfig, registryConfig } from '@beamtime/kafka-broker'
import { keyvalueConfig, queueConfig } from '@beamtime/queue-manager'
import { liveDataConfig, liveDataEnvironmentConfig } from '@beamtime/live-data/config'
import { replayConfig } from '@beamtime/stream-replay/config'
import {
  facilityConfig,
  logConfig,
  metricsConfig,
  opsConfig,
  pathsConfig,
  type Section,
} from '@beamtime/service-kit'

/** Every section of this release, in the order of the reference. Loads all packages: for `beamtime config` only. */
export const allSections: readonly Section[] = [
  facilityConfig,
  pathsConfig,
  busConfig,
  brokerConfig,
  registryConfig,
  storeConfig,
  replayConfig,
  keyvalueConfig,
  queueConfig,
  httpConfig,
  httpManagerConfig,
  httpAuthConfig,
  httpAccessConfig,
  httpResourcesConfig,
  daqConfig,
  liveDataConfig,
  liveDataEnvironmentConfig,
  metricsConfig,
  logConfig,
  opsConfig,
]
