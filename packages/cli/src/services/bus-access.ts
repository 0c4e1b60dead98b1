import { readFileSync } from 'node:fs'
import type { BusOptions } from '@beamtime/bus'
import { ConfigError } from '@beamtime/service-kit'

export type BusAccess = BusOptions

interface BusValues {
  readonly security: 'plaintext' | 'ssl' | 'sasl_plaintext' | 'sasl_ssl'
  readonly sasl: Readonly<Record<string, unknown>>
  readonly tls: Readonly<Record<string, unknown>>
  readonly client: Readonly<Record<string, unknown>>
}

/** Options of `openBus` from the section `bus`; PEM files are read here. Throws CONFIG_INVALID. */
export function busOptions(
  values: BusValues,
  place: {
    readonly clientId: string
    readonly bootstrapServers: readonly string[]
    readonly resolvePath: (this: void, path: string) => string
  },
): BusAccess {
  const { security } = values
  const tls = security === 'ssl' || security === 'sasl_ssl' ? tlsOf(values.tls, place.resolvePath) : null
  const sasl = security.startsWith('sasl_') ? saslOf(values.sasl) : null
  return {
    bootstrapServers: place.bootstrapServers,
    clientId: place.clientId,
    security,
    ...(tls === null ? {} : { tls }),
    ...(sasl === null ? {} : { sasl }),
    ...(Object.keys(values.client).length === 0 ? {} : { client: values.client }),
  }
}

const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const

function saslOf(raw: Readonly<Record<string, unknown>>): NonNullable<BusOptions['sasl']> {
  const mechanism = mechanisms.find((name) => name === raw['mechanism'])
  if (mechanism === undefined)
    throw new ConfigError({
      code: 'CONFIG_INVALID',
      message: `bus.sasl.mechanism: unknown value ${JSON.stringify(raw['mechanism'])}`,
      remedy: `choose one of ${mechanisms.join(', ')}`,
    })
  if (textOf(raw['username']) === '')
    throw new ConfigError({
      code: 'CONFIG_INVALID',
      message: 'bus.security asks for a login, but bus.sasl.username is not set',
      remedy: 'set bus.sasl with mechanism, username and password',
    })
  return { mechanism, username: textOf(raw['username']), password: textOf(raw['password']) }
}

function tlsOf(
  raw: Readonly<Record<string, unknown>>,
  resolvePath: (this: void, path: string) => string,
): NonNullable<BusOptions['tls']> {
  const read = (name: 'ca' | 'cert' | 'key'): Partial<Record<'ca' | 'cert' | 'key', string>> => {
    const path = textOf(raw[name])
    if (path === '') return {}
    try {
      return { [name]: path.startsWith('-----BEGIN') ? path : readFileSync(resolvePath(path), 'utf8') }
    } catch (cause) {
      throw new ConfigError({
        code: 'CONFIG_INVALID',
        message: `bus.tls.${name}: ${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'failed'})`,
        remedy: 'name a PEM file that this user can read',
        cause,
      })
    }
  }
  return { ...read('ca'), ...read('cert'), ...read('key') }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
