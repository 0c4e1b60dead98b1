import { brokerConfig, registryConfig, startBroker } from '@beamtime/kafka-broker'
import { whileUsed } from './broker-on-demand.ts'
import type { ServiceSetup } from './run-as-service.ts'

/** Role `bus`: the embedded broker. */
export const brokerService: ServiceSetup = {
  role: 'bus',
  prepare(config) {
    const broker = config.read(brokerConfig)
    const registry = config.read(registryConfig)
    const resolvePath = (path: string): string => config.resolvePath(path)
    return (context) => startBroker({ broker, registry, resolvePath }, context)
  },
}

/** The same, as a live-data command starts it where no platform runs. */
export const brokerWhileUsed: ServiceSetup = {
  role: 'bus',
  prepare(config) {
    const start = brokerService.prepare(config)
    return async (context) => whileUsed(config, await start(context))
  },
}
