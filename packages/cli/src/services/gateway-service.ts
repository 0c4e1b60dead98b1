import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  httpAuthConfig,
  httpConfig,
  httpManagerConfig,
  httpResourcesConfig,
  startGateway,
  type GatewayConfig,
  type QueueAddress,
} from '@beamtime/http-gateway'
import { buildInfo, runtimeDirOf } from '@beamtime/service-kit'
import type { Config } from '../config/load-config.ts'
import { queueAccess, queueKeys } from '../config/queue-access.ts'
import { detectorAddresses } from '../config/daq-addresses.ts'
import { queueNames } from '../config/queue-names.ts'
import { serviceRoles } from '../config/service-roles.ts'
import { registryUrl } from '../config/registry-address.ts'
import { queueCatalogs } from '../config/queue-catalogs.ts'
import { liveInstrumentsOf } from './live-instruments.ts'
import type { ServiceSetup } from './run-as-service.ts'
import { busOf, facilityOf } from './service-config.ts'

/** Role `http`: REST, WebSockets and the control room. */
export const gatewayService: ServiceSetup = {
  role: 'http',
  prepare(config) {
    const options = gatewayOptions(config)
    return (context) => startGateway(options, context)
  },
}

/** What the gateway of a configuration serves. */
export function gatewayOptions(config: Config): GatewayConfig {
  return {
    http: config.read(httpConfig),
    auth: config.read(httpAuthConfig),
    facility: facilityOf(config),
    queues: queuesOf(config),
    resources: config.read(httpResourcesConfig),
    bus: busOf(config, 'beamtime-http'),
    registryUrl: registryUrl(config),
    detectors: detectorAddresses(config),
    livedata: liveInstrumentsOf(config),
    catalogs: catalogsOf(config),
    services: serviceSockets(config),
    webRoot: webRoot(),
    build: buildInfo(),
  }
}

/** The queues of this configuration, or the manager elsewhere that `[http.manager]` names. */
function queuesOf(config: Config): readonly QueueAddress[] {
  const { control, info, encoding, public_key: publicKey } = config.read(httpManagerConfig)
  if (control === '') {
    return queueNames(config).map((name) => {
      const { serverPublicKey, clientKeys } = queueKeys(config, name)
      return {
        name,
        ...queueAccess(config, name),
        ...(serverPublicKey === undefined ? {} : { publicKey: serverPublicKey }),
        ...(clientKeys === undefined ? {} : { clientKeys }),
      }
    })
  }
  return [{ name: 'main', control, info, encoding, ...(publicKey === '' ? {} : { publicKey }) }]
}

function catalogsOf(config: Config): readonly { name: string; path: string; topic: string }[] {
  return queueCatalogs(config).map(({ topic, catalog }) => ({
    name: catalog,
    path: join(config.dataDir, 'runs', `${catalog}.sqlite`),
    topic,
  }))
}

function serviceSockets(config: Config): readonly { role: string; socket: string }[] {
  const runtimeDir = runtimeDirOf(config.dataDir)
  return serviceRoles(config).map((role) => ({ role, socket: join(runtimeDir, `${role}.sock`) }))
}

/** The built control room; beside the packages in a checkout and in a release. */
function webRoot(): string {
  const path = fileURLToPath(new URL('../../../../apps/control-room/dist', import.meta.url))
  return existsSync(path) ? path : ''
}
