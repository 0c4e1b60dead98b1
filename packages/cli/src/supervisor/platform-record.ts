import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildInfo } from '@beamtime/service-kit'
import { clusterServers } from '../config/bus-address.ts'
import type { Config } from '../config/load-config.ts'
import type { ServiceView } from './service-process.ts'
import type { QueueAddresses, SupervisorRecord } from './supervisor-record.ts'

/** The record of a platform whose services are in these states. */
export function platformRecord(
  config: Config,
  platform: { readonly runtimeDir: string; readonly started: string; readonly views: readonly ServiceView[] },
): SupervisorRecord {
  const { views } = platform
  const keyFile = join(config.dataDir, 'state/http-key')
  return {
    pid: process.pid,
    started: platform.started,
    version: buildInfo().version,
    config: config.file,
    data: config.dataDir,
    runtime: platform.runtimeDir,
    url: endpointOf(views, 'http', /^https?:/),
    key_file: existsSync(keyFile) ? keyFile : null,
    queues: queuesOf(config, views),
    bootstrap_servers: bootstrapServers(config, views),
    services: views,
  }
}

/** The key in the key file; null when there is none. */
export function readKey(keyFile: string | null): string | null {
  try {
    return keyFile === null ? null : readFileSync(keyFile, 'utf8').trim()
  } catch {
    return null // removed since
  }
}

function endpointOf(views: readonly ServiceView[], role: string, pattern: RegExp): string | null {
  const view = views.find((candidate) => candidate.role === role)
  return view?.endpoints.find((endpoint) => pattern.test(endpoint.url))?.url ?? null
}

const encodingField = {
  type: 'enum',
  values: ['json', 'msgpack'],
  default: 'json',
  doc: 'Encoding of both sockets.',
} as const

function queuesOf(config: Config, views: readonly ServiceView[]): Record<string, QueueAddresses> {
  const queues: Record<string, QueueAddresses> = {}
  for (const view of views) {
    if (!view.role.startsWith('queue@')) continue
    const name = view.role.slice('queue@'.length)
    const control = view.endpoints.find((endpoint) => endpoint.name.includes('control'))?.url
    if (control === undefined) continue
    const info = view.endpoints.find((endpoint) => endpoint.name.includes('info'))?.url ?? ''
    const { encoding } = config.pick(`queue.${name}`, { encoding: encodingField })
    queues[name] = { control, info, encoding }
  }
  return queues
}

function bootstrapServers(config: Config, views: readonly ServiceView[]): readonly string[] {
  const cluster = clusterServers(config)
  if (cluster.length > 0) return cluster
  const embedded = endpointOf(views, 'bus', /^kafka:/)
  return embedded === null ? [] : [embedded.replace(/^kafka:\/\//, '')]
}
