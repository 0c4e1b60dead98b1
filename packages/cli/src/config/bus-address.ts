import type { Config } from './load-config.ts'

/** As kafka-broker declares it; a test compares the two. Processes beside the broker do not load it for this. */
export const defaultBrokerListen = '127.0.0.1:9092'

/** Brokers of a cluster elsewhere; empty = the embedded broker. */
export function clusterServers(config: Config): readonly string[] {
  return config.pick('bus', { bootstrap_servers: { type: 'string[]', default: [], doc: 'Kafka brokers.' } })
    .bootstrap_servers
}

/** Where clients on this machine reach the bus. */
export function bootstrapServers(config: Config): readonly string[] {
  const cluster = clusterServers(config)
  if (cluster.length > 0) return cluster
  const { listen } = config.pick('broker', {
    listen: { type: 'string[]', default: [defaultBrokerListen], doc: 'Addresses of the embedded broker.' },
  })
  const addresses = listen.map(reachable)
  // Beyond loopback an address may ask for a login; this machine's own services need none on loopback.
  const own = addresses.filter((address) => /^(127\.|localhost:|\[::1\]:)/.test(address))
  return own.length > 0 ? own : addresses
}

/** An address that means all interfaces is reached through loopback. */
function reachable(address: string): string {
  return address.replace(/^(0\.0\.0\.0|\*|\[::\]|::)?:(?=\d+$)/, '127.0.0.1:')
}
