import { BrokerError } from './error.ts'

/** An address that the broker listens on. */
export interface ListenAddress {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly advertised: { readonly host: string; readonly port: number } | null
  /** Key of the configuration file, for error messages. */
  readonly key: string
}

function invalid(message: string, remedy: string): BrokerError {
  return new BrokerError({ code: 'BROKER_CONFIG_INVALID', message, fault: 'caller', remedy })
}

/** Splits `host:port` or `[host]:port`. */
function parseHostPort(text: string, key: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text.trim())
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (host === undefined || !(port <= 65_535)) {
    throw invalid(
      `${key} = ${JSON.stringify(text)} is no address`,
      'Write host:port, for example "127.0.0.1:9092".',
    )
  }
  return { host, port }
}

/** Addresses of `listen` and `listeners`. Throws BROKER_CONFIG_INVALID. */
export function listenAddresses(listen: unknown, listeners: unknown): readonly ListenAddress[] {
  if (Array.isArray(listeners) && listeners.length > 0) return listeners.map((one, i) => ownListener(one, i))
  const texts = typeof listen === 'string' ? [listen] : listen
  if (!Array.isArray(texts) || texts.length === 0 || !texts.every((text) => typeof text === 'string')) {
    throw invalid(
      'broker.listen has to be an address or a list of addresses',
      'Write "127.0.0.1:9092" or ["127.0.0.1:9092"].',
    )
  }
  return texts.map((text: string) => ({
    name: 'kafka',
    ...parseHostPort(text, 'broker.listen'),
    advertised: null,
    key: 'broker.listen',
  }))
}

function ownListener(value: unknown, index: number): ListenAddress {
  const key = `broker.listeners[${index}]`
  if (typeof value !== 'object' || value === null)
    throw invalid(`${key} has to be a table`, 'Write { name = "...", listen = "host:port" }.')
  const {
    name = 'kafka',
    listen,
    protocol = 'plaintext',
    advertised,
  } = value as Readonly<Record<string, unknown>>
  if (typeof listen !== 'string') throw invalid(`${key}.listen is missing`, 'Write listen = "host:port".')
  if (typeof protocol !== 'string' || protocol.toLowerCase() !== 'plaintext') {
    const remedy = 'TLS and SASL come with a later release; until then use "plaintext".'
    throw invalid(`${key}.protocol = ${JSON.stringify(protocol)} is not available yet`, remedy)
  }
  const isAdvertised = typeof advertised === 'string' && advertised !== ''
  return {
    name: String(name),
    ...parseHostPort(listen, `${key}.listen`),
    advertised: isAdvertised ? parseHostPort(advertised, `${key}.advertised`) : null,
    key: `${key}.listen`,
  }
}

/** Whether only this machine reaches the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
