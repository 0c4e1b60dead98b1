import { brokerConfig, registryConfig, startBroker } from '@beamtime/kafka-broker'
import type { ServiceSetup } from './run-as-service.ts'

/** Role `bus`: the embedded broker. */
export const brokerService: ServiceSetup = {
  role: 'bus',
  prepare(config) {
    const broker = config.read(brokerConfig)
    const registry = config.read(registryConfig)
    return (context) => startBroker({ broker, registry }, context)
  },
}
