import { brokerConfig, registryConfig, startBroker } from '@beamtime/kafka-broker'
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
