import { BrokerError } from './error.ts'

/** How clients of a listener come: with TLS or without, with a login or without. */
export const listenProtocols = ['plaintext', 'ssl', 'sasl_plaintext', 'sasl_ssl'] as const
export type ListenProtocol = (typeof listenProtocols)[number]

/** What the configuration has for listeners that are reached from elsewhere. */
export interface Protection {
  readonly hasCertificate: boolean
  readonly hasUsers: boolean
}

/** An address that the broker listens on. */
export interface ListenAddress {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly protocol: ListenProtocol
  readonly advertised: { readonly host: string; readonly port: number } | null
  /** Key of the configuration file, for error messages. */
  readonly key: string
}

function invalid(message: string, remedy: string): BrokerError {
  return new BrokerError({ code: 'BROKER_CONFIG_INVALID', message, fault: 'caller', remedy })
}

/** Splits `host:port` or `[host]:port`. Throws BROKER_CONFIG_INVALID. */
export function parseHostPort(text: string, key: string): { host: string; port: number } {
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

/**
 * Addresses of `listen` and `listeners`. An address of `listen` is plaintext on the loopback interface; elsewhere it has
 * what protection there is: TLS with a certificate, a login with users. Throws BROKER_CONFIG_INVALID.
 */
export function listenAddresses(
  listen: unknown,
  listeners: unknown,
  protection: Protection,
): readonly ListenAddress[] {
  if (Array.isArray(listeners) && listeners.length > 0)
    return listeners.map((one, i) => ownListener(one, i, protection))
  const texts = typeof listen === 'string' ? [listen] : listen
  if (!Array.isArray(texts) || texts.length === 0 || !texts.every((text) => typeof text === 'string')) {
    throw invalid(
      'broker.listen has to be an address or a list of addresses',
      'Write "127.0.0.1:9092" or ["127.0.0.1:9092"].',
    )
  }
  return texts.map((text: string) => {
    const { host, port } = parseHostPort(text, 'broker.listen')
    const protocol = isLoopback(host) ? 'plaintext' : strongest(protection)
    return { name: 'kafka', host, port, protocol, advertised: null, key: 'broker.listen' }
  })
}

function strongest({ hasCertificate, hasUsers }: Protection): ListenProtocol {
  if (hasUsers) return hasCertificate ? 'sasl_ssl' : 'sasl_plaintext'
  return hasCertificate ? 'ssl' : 'plaintext'
}

export function needsTls(protocol: ListenProtocol): boolean {
  return protocol === 'ssl' || protocol === 'sasl_ssl'
}

export function needsLogin(protocol: ListenProtocol): boolean {
  return protocol === 'sasl_plaintext' || protocol === 'sasl_ssl'
}

function ownListener(value: unknown, index: number, protection: Protection): ListenAddress {
  const key = `broker.listeners[${index}]`
  if (typeof value !== 'object' || value === null)
    throw invalid(`${key} has to be a table`, 'Write { name = "...", listen = "host:port" }.')
  const {
    name = 'kafka',
    listen,
    protocol: given = 'plaintext',
    advertised,
  } = value as Readonly<Record<string, unknown>>
  if (typeof listen !== 'string') throw invalid(`${key}.listen is missing`, 'Write listen = "host:port".')
  const protocol = listenProtocols.find((one) => typeof given === 'string' && one === given.toLowerCase())
  if (protocol === undefined)
    throw invalid(
      `${key}.protocol = ${JSON.stringify(given)} is unknown`,
      `Use one of ${listenProtocols.join(', ')}.`,
    )
  if (needsTls(protocol) && !protection.hasCertificate)
    throw invalid(
      `${key}.protocol is ${protocol}, but broker.tls.cert is not set`,
      'Set broker.tls cert and key.',
    )
  const isAdvertised = typeof advertised === 'string' && advertised !== ''
  return {
    name: String(name),
    ...parseHostPort(listen, `${key}.listen`),
    protocol,
    advertised: isAdvertised ? parseHostPort(advertised, `${key}.advertised`) : null,
    key: `${key}.listen`,
  }
}

/** Whether only this machine reaches the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Without the form that IPv4 addresses have on a dual-stack socket. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '')
}
