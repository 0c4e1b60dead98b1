import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import { addressNumber, addressText, type Endpoint } from '../core/endpoint.ts'
import { parseHostPort } from '../options.ts'

/** Broadcast addresses of the IPv4 interfaces; loopback only when there is nothing else. */
export function broadcastAddresses(): readonly string[] {
  const addresses = new Set<string>()
  for (const interfaces of Object.values(networkInterfaces()))
    for (const { family, internal, address, netmask } of interfaces ?? []) {
      const host = addressNumber(address)
      const mask = addressNumber(netmask)
      if (family !== 'IPv4' || internal || host === undefined || mask === undefined) continue
      addresses.add(addressText((host | ~mask) >>> 0))
    }
  return addresses.size > 0 ? [...addresses] : ['127.0.0.1']
}

/** Whether an address is one of this host. */
export function isLocalAddress(address: string): boolean {
  return (
    address.startsWith('127.') ||
    Object.values(networkInterfaces()).some((list) => list?.some((entry) => entry.address === address))
  )
}

/** Resolves `host[:port]` texts; names that do not resolve are given back for another try. */
export async function resolveEndpoints(
  texts: readonly string[],
  defaultPort: number,
): Promise<{ readonly endpoints: readonly Endpoint[]; readonly unresolved: readonly string[] }> {
  const results = await Promise.all(
    texts.map(async (text) => {
      const { host, port } = parseHostPort(text, defaultPort)
      if (addressNumber(host) !== undefined) return { address: host, port }
      try {
        return { address: (await lookup(host, 4)).address, port }
      } catch {
        // No such host now; the caller tries again later.
        return text
      }
    }),
  )
  return {
    endpoints: results.filter((result) => typeof result !== 'string'),
    unresolved: results.filter((result) => typeof result === 'string'),
  }
}
