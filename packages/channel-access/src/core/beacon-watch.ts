/* Tells from the beacons of servers that one was restarted or that the network changed.
 * A beacon is ignored when its counter equals the last one, went back by up to 256, or jumped by 2 or 3 (lost or reordered
 * datagrams). Else its interval is compared with the running mean (7/8 old + 1/8 new): at most 0.80 or at least 3.25 times the
 * mean is an anomaly. The first beacon of an unknown server is one only when we have watched longer than a beacon period.
 * Source: EPICS base bhe.cpp (bhe::updatePeriod). */

export interface BeaconWatch {
  /** Whether channels that wait should be searched again because of this beacon. At most once in 5 s for a server. */
  observe(beacon: { readonly server: string; readonly counter: number; readonly nowMs: number }): boolean
  readonly size: number
}

interface Server {
  counter: number
  lastMs: number
  meanMs: number | null
  anomalyMs: number
}

const shortRatio = 0.8
const longRatio = 3.25
const backwards = 256
const quietMs = 5_000
const defaultPeriodMs = 15_000
const maxServers = 10_000

function ignored(counter: number, last: number): boolean {
  const advance = (counter - last) >>> 0
  return advance === 0 || advance >= 2 ** 32 - backwards || advance === 2 || advance === 3
}

export function createBeaconWatch(startedMs: number): BeaconWatch {
  const servers = new Map<string, Server>()

  function first(server: string, counter: number, nowMs: number): boolean {
    if (servers.size >= maxServers) {
      const oldest = servers.keys().next().value
      if (oldest !== undefined) servers.delete(oldest)
    }
    const isNew = nowMs - startedMs > defaultPeriodMs
    servers.set(server, { counter, lastMs: nowMs, meanMs: null, anomalyMs: isNew ? nowMs : -Infinity })
    return isNew
  }

  return {
    observe({ server: name, counter, nowMs }) {
      const server = servers.get(name)
      if (server === undefined) return first(name, counter, nowMs)
      const skip = ignored(counter, server.counter)
      server.counter = counter
      if (skip) return false
      const intervalMs = nowMs - server.lastMs
      server.lastMs = nowMs
      const { meanMs } = server
      if (meanMs === null) {
        server.meanMs = intervalMs
        return false
      }
      const odd = intervalMs <= meanMs * shortRatio || intervalMs >= meanMs * longRatio
      server.meanMs = meanMs * 0.875 + intervalMs * 0.125
      if (!odd || nowMs - server.anomalyMs < quietMs) return false
      server.anomalyMs = nowMs
      return true
    },
    get size() {
      return servers.size
    },
  }
}
