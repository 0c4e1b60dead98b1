import { CaError } from './error.ts'

/** What a context is made with. Nothing is read from the environment; see `caOptionsFromEnvironment`. */
export interface CaOptions {
  /** `host[:port]`, unicast, broadcast or multicast, searched by UDP. Default none. */
  readonly addrList?: readonly string[]
  /** Adds the broadcast address of every IPv4 interface. Default true. */
  readonly autoAddrList?: boolean
  /** `host[:port]`, searched over TCP. Default none. */
  readonly nameServers?: readonly string[]
  /** Port of addresses without one. Default 5064. */
  readonly serverPort?: number
  /** UDP port of the repeater, where beacons come. Default 5065. */
  readonly repeaterPort?: number
  /** Starts a repeater when none answers and its port is free. Default true. */
  readonly repeater?: boolean
  /** Silence on a circuit before an echo is sent. Default 30 000 ms. */
  readonly connTimeoutMs?: number
  /** Slowest search retry. Default 300 000 ms. */
  readonly maxSearchPeriodMs?: number
  /** Search datagrams a second over all addresses. Default 200. */
  readonly searchDatagramsPerS?: number
  /** Largest payload taken from a server. Default 268 435 456 bytes. */
  readonly maxPayloadBytes?: number
  /** Received bytes of a circuit that may wait unprocessed before its server is asked to hold updates. Default 4 194 304. */
  readonly flowControlBytes?: number
  /** Hops of searches to multicast addresses. Default 1. */
  readonly multicastTtl?: number
  /** Told to servers, which may grant access by it. Default the user of the process. */
  readonly userName?: string
  /** Told to servers, which may grant access by it. Default the name of the host. */
  readonly hostName?: string
}

export type ResolvedOptions = Required<CaOptions>

const defaults = {
  addrList: [],
  autoAddrList: true,
  nameServers: [],
  serverPort: 5064,
  repeaterPort: 5065,
  repeater: true,
  connTimeoutMs: 30_000,
  maxSearchPeriodMs: 300_000,
  searchDatagramsPerS: 200,
  maxPayloadBytes: 268_435_456,
  flowControlBytes: 4_194_304,
  multicastTtl: 1,
} as const satisfies Partial<ResolvedOptions>

const bounds: Readonly<Record<string, readonly [low: number, high: number]>> = {
  serverPort: [1, 65_535],
  repeaterPort: [1, 65_535],
  connTimeoutMs: [100, 86_400_000],
  maxSearchPeriodMs: [30, 86_400_000],
  searchDatagramsPerS: [1, 100_000],
  maxPayloadBytes: [1_024, 2_147_483_640],
  flowControlBytes: [1, 2_147_483_647],
  multicastTtl: [1, 255],
}

/** Fills in defaults and checks ranges. Throws CA_OPTION_INVALID. */
export function resolveOptions(
  options: CaOptions,
  host: { readonly userName: string; readonly hostName: string },
): ResolvedOptions {
  const resolved = { ...host, ...defaults, ...options }
  for (const [name, [low, high]] of Object.entries(bounds)) {
    const value = resolved[name as keyof ResolvedOptions]
    if (typeof value !== 'number' || !(value >= low && value <= high))
      throw new CaError('CA_OPTION_INVALID', `${name} = ${String(value)} is not in ${low}..${high}`)
  }
  for (const address of [...resolved.addrList, ...resolved.nameServers])
    parseHostPort(address, resolved.serverPort)
  return resolved
}

export interface HostPort {
  readonly host: string
  readonly port: number
}

/** Reads `host[:port]`. Throws CA_OPTION_INVALID. */
export function parseHostPort(text: string, defaultPort: number): HostPort {
  const match = /^([^\s:]+)(?::(\d{1,5}))?$/.exec(text)
  const port = match?.[2] === undefined ? defaultPort : Number(match[2])
  if (match?.[1] === undefined || port < 1 || port > 65_535)
    throw new CaError('CA_OPTION_INVALID', `"${text}" is not host or host:port`)
  return { host: match[1], port }
}
