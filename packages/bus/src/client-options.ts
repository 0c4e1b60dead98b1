import type { ConnectionOptions as TlsOptions } from 'node:tls'
import type { BaseOptions } from '@platformatic/kafka'
import { retryDelay } from '@beamtime/service-kit'
import type { BusOptions } from './bus.ts'
import { BusError } from './error.ts'

const defaultRetry = { minMs: 100, maxMs: 5_000 }

/** Pause before attempt number `attempt` (0 is the first), within the bounds of the options. */
export function pauseMs(options: BusOptions, attempt: number): number {
  return retryDelay(attempt, { ...defaultRetry, ...options.retry })
}

/** What the library decides by itself and may be set in `bus.client`, in its own words and units (ms). */
const numbers = ['connectTimeout', 'requestTimeout', 'timeout', 'maxInflights', 'metadataMaxAge']
const texts = ['clientRack', 'tlsServerName']

function ownProperties(client: Readonly<Record<string, unknown>>): Record<string, unknown> {
  for (const [name, value] of Object.entries(client)) {
    const isNumber = typeof value === 'number' && value >= 0
    if (numbers.includes(name) ? isNumber : texts.includes(name) && typeof value === 'string') continue
    const isKnown = numbers.includes(name) || texts.includes(name)
    throw new BusError({
      code: 'BUS_REFUSED',
      message: `bus.client.${name} ${isKnown ? `cannot be ${JSON.stringify(value)}` : 'is not to be set'}`,
      fault: 'caller',
      remedy: `Use numbers (ms) for ${numbers.join(', ')}, texts for ${texts.join(', ')}.`,
    })
  }
  return { connectTimeout: 5_000, metadataMaxAge: 30_000, ...client }
}

/** Options of the client library. Throws BUS_REFUSED when they cannot be. */
export function clientOptions(options: BusOptions, role: string): BaseOptions {
  const { bootstrapServers, security = 'plaintext', sasl, clientId } = options
  if (bootstrapServers.length === 0) {
    throw new BusError({
      code: 'BUS_REFUSED',
      message: 'no broker is named',
      fault: 'caller',
      remedy: 'Set bus.bootstrap_servers, or run the embedded broker.',
    })
  }
  const isTls = security === 'ssl' || security === 'sasl_ssl'
  const isSasl = security === 'sasl_plaintext' || security === 'sasl_ssl'
  if (isSasl && sasl === undefined) {
    throw new BusError({
      code: 'BUS_REFUSED',
      message: `security is ${security} but no login is set`,
      fault: 'caller',
      remedy: 'Set bus.sasl with mechanism, username and password.',
    })
  }
  return {
    ...ownProperties(options.client ?? {}),
    clientId: `${clientId}-${role}`,
    bootstrapBrokers: [...bootstrapServers],
    // Waiting and trying again is decided by this package, which knows whether it is safe.
    retries: 0,
    autocreateTopics: false,
    ...(isTls ? { tls: tlsOptions(options) } : {}),
    ...(isSasl && sasl !== undefined ? { sasl } : {}),
  }
}

function tlsOptions({ tls }: BusOptions): TlsOptions {
  const { ca, cert, key, checkHostname = true } = tls ?? {}
  return {
    ...(ca === undefined || ca === '' ? {} : { ca }),
    ...(cert === undefined || cert === '' ? {} : { cert }),
    ...(key === undefined || key === '' ? {} : { key }),
    ...(checkHostname ? {} : { checkServerIdentity: () => undefined }),
  }
}
