import { DaqError } from '../error.ts'

/** Where a RabbitMQ is: what BROKER_HOST, `--broker_url` and `rabbitmq.url` name. */
export interface BrokerAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly vhost: string
  readonly tls: boolean
  /** The option, variable or key that names it, for messages. */
  readonly key: string
}

const defaultPort = 5672
const defaultTlsPort = 5671

function invalid(key: string, text: string): DaqError {
  return new DaqError({
    code: 'DAQ_CONFIG_INVALID',
    message: `${key}: "${text}" is no address of a broker`,
    fault: 'caller',
    remedy: `Give ${key} as HOST, HOST:PORT or amqp://USER:PASSWORD@HOST:PORT/VHOST.`,
    key,
  })
}

/** Reads `HOST`, `HOST:PORT` or an `amqp://` address. Throws DAQ_CONFIG_INVALID that names `key`. */
export function brokerAddress(text: string, key: string): BrokerAddress {
  const withScheme = /^amqps?:\/\//.test(text) ? text : `amqp://${text}`
  if (text === '' || !URL.canParse(withScheme)) throw invalid(key, text)
  const url = new URL(withScheme)
  const tls = url.protocol === 'amqps:'
  if (url.hostname === '') throw invalid(key, text)
  const path = decodeURIComponent(url.pathname.replace(/^\//, ''))
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (tls ? defaultTlsPort : defaultPort) : Number(url.port),
    user: decodeURIComponent(url.username) || 'guest',
    password: decodeURIComponent(url.password) || 'guest',
    vhost: path === '' ? '/' : path,
    tls,
    key,
  }
}

/** For messages and logs: never with the password. */
export function addressText({ host, port }: BrokerAddress): string {
  return `${host}:${port}`
}
