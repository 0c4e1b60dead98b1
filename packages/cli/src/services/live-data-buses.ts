import type { BusOptions } from '@beamtime/bus'
import { busConfig } from '@beamtime/bus/config'
import { liveDataEnvironmentConfig } from '@beamtime/live-data/config'
import { liveDataBusVariable } from '@beamtime/live-data/bus-variable'
import { ConfigError, parseSection, section } from '@beamtime/service-kit'
import { bootstrapServers, clusterServers } from '../config/bus-address.ts'
import { liveDataEnvironments, liveDataNames } from '../config/live-data-names.ts'
import type { Config } from '../config/load-config.ts'
import { busOptions } from './bus-access.ts'

/** Where live data come from and where their results go. */
export interface LiveDataBuses {
  readonly upstream: BusOptions
  /** Absent = the same as upstream. */
  readonly downstream?: BusOptions
  /** One of them is the embedded broker of this configuration. */
  readonly usesEmbedded: boolean
}

/** `docker` is how upstream names the environment whose brokers stand in variables alone. */
const alwaysKnown = ['dev', 'docker']
const busFields = section('bus', {
  bootstrap_servers: busConfig.fields.bootstrap_servers,
  security: busConfig.fields.security,
  sasl: busConfig.fields.sasl,
  tls: busConfig.fields.tls,
  client: busConfig.fields.client,
})

/**
 * Brokers by `[livedata.env.NAME]` of LIVEDATA_ENV, then KAFKA_* (raw data) and KAFKA2_* (results). Throws
 * CONFIG_INVALID, for an unknown environment with those known.
 */
export function liveDataBuses(
  config: Config,
  options: { readonly clientId: string; readonly environment?: NodeJS.ProcessEnv },
): LiveDataBuses {
  const { clientId, environment = process.env } = options
  const name = environment['LIVEDATA_ENV'] ?? 'dev'
  const written = liveDataEnvironments(config)
  if (!written.includes(name) && !alwaysKnown.includes(name)) throw unknownEnvironment(name, written)
  const tables = written.includes(name)
    ? config.readNamed(liveDataEnvironmentConfig, name)
    : { upstream: {}, downstream: {} }
  const busTable = (config.valueAt(['bus']) ?? {}) as Table
  const base = (given: Table, key: string): BusOptions & { readonly isEmbedded: boolean } =>
    optionsOf(config, { given, key, clientId })
  const upstreamTable = Object.keys(tables.upstream).length > 0 ? tables.upstream : onlyBusKeys(busTable)
  const upstream = base(
    withVariables(upstreamTable, { prefix: 'KAFKA_', environment }),
    `livedata.env.${name}.upstream`,
  )
  const downstreamTable = withVariables(tables.downstream, { prefix: 'KAFKA2_', environment })
  if (Object.keys(downstreamTable).length === 0) return split(upstream)
  const downstream = base(
    Object.keys(tables.downstream).length > 0 ? downstreamTable : { ...upstreamTable, ...downstreamTable },
    `livedata.env.${name}.downstream`,
  )
  const usesEmbedded = upstream.isEmbedded || downstream.isEmbedded
  return { ...split(upstream), downstream: split(downstream).upstream, usesEmbedded }
}

/** What workers are told of live data: the bus of the results, for devices of plans; nothing without an instrument. */
export function liveDataEnvironment(config: Config): Readonly<Record<string, string>> {
  if (liveDataNames(config).length === 0) return {}
  const { upstream, downstream = upstream } = liveDataBuses(config, { clientId: 'beamtime-worker-livedata' })
  return { [liveDataBusVariable]: JSON.stringify(downstream) }
}

type Table = Readonly<Record<string, unknown>>

function split({ isEmbedded, ...upstream }: BusOptions & { readonly isEmbedded: boolean }): LiveDataBuses {
  return { upstream, usesEmbedded: isEmbedded }
}

function onlyBusKeys(table: Table): Table {
  return Object.fromEntries(Object.entries(table).filter(([key]) => key in busFields.fields))
}

function optionsOf(
  config: Config,
  place: { readonly given: Table; readonly key: string; readonly clientId: string },
): BusOptions & { readonly isEmbedded: boolean } {
  const values = parseSection(busFields, place.given, { key: place.key })
  const servers = values.bootstrap_servers
  const isEmbedded = servers.length === 0 && clusterServers(config).length === 0
  const options = busOptions(values, {
    clientId: place.clientId,
    bootstrapServers: servers.length > 0 ? servers : bootstrapServers(config),
    resolvePath: (path) => config.resolvePath(path),
  })
  return { ...options, isEmbedded }
}

/** Upstream's variables over a table of bus keys; each may be absent. */
function withVariables(
  table: Table,
  { prefix, environment }: { readonly prefix: string; readonly environment: NodeJS.ProcessEnv },
): Table {
  const value = (name: string): string | undefined => {
    const text = environment[prefix + name]
    return text === undefined || text === '' ? undefined : text
  }
  const servers = value('BOOTSTRAP_SERVERS')
  const security = value('SECURITY_PROTOCOL')
  const sasl = present({
    mechanism: value('SASL_MECHANISM'),
    username: value('SASL_USERNAME'),
    password: value('SASL_PASSWORD'),
  })
  const tls = present({
    ca: value('SSL_CA_LOCATION'),
    cert: value('SSL_CERTIFICATE_LOCATION'),
    key: value('SSL_KEY_LOCATION'),
  })
  return {
    ...table,
    ...(servers === undefined
      ? {}
      : { bootstrap_servers: servers.split(',').map((server) => server.trim()) }),
    ...(security === undefined ? {} : { security: security.toLowerCase() }),
    ...(sasl === null ? {} : { sasl: { ...(table['sasl'] as Table | undefined), ...sasl } }),
    ...(tls === null ? {} : { tls: { ...(table['tls'] as Table | undefined), ...tls } }),
  }
}

function present(values: Readonly<Record<string, string | undefined>>): Table | null {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return entries.length === 0 ? null : Object.fromEntries(entries)
}

function unknownEnvironment(name: string, written: readonly string[]): ConfigError {
  const known = [...new Set([...alwaysKnown, ...written])]
  return new ConfigError({
    code: 'CONFIG_INVALID',
    message: `LIVEDATA_ENV=${name}: there is no such environment`,
    remedy: `write [livedata.env.${name}], or choose one of ${known.join(', ')}`,
  })
}
