import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { queryHealth, type ServiceStatus } from '@beamtime/service-kit'
import { findPlatform, type Platform } from '../platform-access.ts'
import { bytesText, durationText, printJson, printLine, printTable } from '../print.ts'
import { workerProcesses } from '../supervisor/worker-processes.ts'
import type { ServiceView } from '../supervisor/service-process.ts'
import type { PlaceOptions } from './run-action.ts'

/** One service, from what the supervisor and the service itself say. */
interface ServiceRow {
  readonly role: string
  readonly state: string
  readonly pid: number | null
  readonly endpoints: readonly { readonly name: string; readonly url: string }[]
  readonly uptime_s: number | null
  readonly restarts: number
  readonly rss_bytes: number | null
  readonly text: string
  readonly checks: ServiceStatus['checks']
}

export async function status(options: PlaceOptions & { readonly json?: boolean }): Promise<number> {
  const platform = await findPlatform(options)
  const rows = await serviceRows(platform)
  const isRunning = rows.length > 0
  if (options.json === true) printJson(statusJson(platform, rows))
  else if (isRunning) printStatus(platform, rows)
  else printLine(`no platform runs on ${platform.config.dataDir}; start it with \`beamtime up\``)
  return isRunning ? 0 : 1
}

/** The services of the supervisor, or those whose sockets are there when systemd runs them. */
export async function serviceRows(platform: Platform): Promise<readonly ServiceRow[]> {
  const { record, runtimeDir } = platform
  const views: readonly (ServiceView | string)[] = record?.services ?? roleSockets(runtimeDir)
  const rows = await Promise.all(views.map((view) => serviceRow(view, runtimeDir)))
  return rows.filter((row) => row !== null)
}

async function serviceRow(view: ServiceView | string, runtimeDir: string): Promise<ServiceRow | null> {
  const role = typeof view === 'string' ? view : view.role
  const own = await ownStatus(join(runtimeDir, `${role}.sock`))
  if (typeof view === 'string') {
    if (own === null) return null // a socket left over by a kill -9
    return {
      ...partOf(own),
      role,
      state: own.phase === 'ready' ? 'up' : own.phase,
      pid: own.pid,
      restarts: 0,
      endpoints: own.endpoints,
    }
  }
  const { state, pid, endpoints, restarts, detail } = view
  const part = partOf(own)
  return { ...part, role, state, pid, endpoints, restarts, text: state === 'up' ? part.text : detail }
}

function partOf(own: ServiceStatus | null): Pick<ServiceRow, 'uptime_s' | 'rss_bytes' | 'text' | 'checks'> {
  if (own === null) return { uptime_s: null, rss_bytes: null, text: '', checks: {} }
  return { uptime_s: Math.round(own.uptimeS), rss_bytes: own.rssBytes, text: own.text, checks: own.checks }
}

async function ownStatus(socketPath: string): Promise<ServiceStatus | null> {
  try {
    return (await queryHealth(socketPath, '/status', { timeoutMs: 1_500 })).json as ServiceStatus | null
  } catch {
    return null // starting, or gone: the supervisor's view tells
  }
}

function roleSockets(runtimeDir: string): readonly string[] {
  try {
    return readdirSync(runtimeDir)
      .filter((name) => name.endsWith('.sock') && !/^(supervisor|worker-)/.test(name))
      .map((name) => name.slice(0, -'.sock'.length))
  } catch {
    return [] // no runtime directory: nothing runs
  }
}

function statusJson(platform: Platform, rows: readonly ServiceRow[]): Record<string, unknown> {
  const { record, config } = platform
  const { pid = null, started = null, version = null, url = null, key_file = null } = record ?? {}
  const { bootstrap_servers = [], queues = {} } = record ?? {}
  return {
    running: rows.length > 0,
    ready: rows.length > 0 && rows.every((row) => row.state === 'up'),
    data: config.dataDir,
    config: config.file,
    pid,
    started,
    version,
    url,
    key_file,
    bootstrap_servers,
    queues,
    services: rows.map((row) => ({
      ...row,
      ports: row.endpoints.map((endpoint) => portOf(endpoint.url)).filter((port) => port !== null),
    })),
    workers: record === null ? [] : workerProcesses(record.pid),
  }
}

function portOf(url: string): number | null {
  const port = /:(\d+)(\/|$)/.exec(url)?.[1]
  return port === undefined ? null : Number(port)
}

function printStatus(platform: Platform, rows: readonly ServiceRow[]): void {
  const { record } = platform
  printTable(
    ['SERVICE', 'STATE', 'PID', 'UPTIME', 'RESTARTS', 'MEMORY', 'ADDRESS', 'STATUS'],
    rows.map((row) => [
      row.role,
      row.state,
      row.pid === null ? '' : String(row.pid),
      row.uptime_s === null ? '' : durationText(row.uptime_s),
      String(row.restarts),
      row.rss_bytes === null ? '' : bytesText(row.rss_bytes),
      row.endpoints.map((endpoint) => endpoint.url.replace(/^\w+:\/\//, '')).join(' '),
      [row.text, ...troubles(row)].filter((part) => part !== '').join('; '),
    ]),
  )
  if (record === null) return
  printLine('')
  printLine(`Control room  ${record.url ?? 'not served'}`)
  if (record.key_file !== null) printLine(`Key to log in ${record.key_file}`)
  printLine(`Data          ${record.data}`)
}

function troubles(row: ServiceRow): readonly string[] {
  return Object.entries(row.checks)
    .filter(([, check]) => !check.ok)
    .map(([name, check]) => `${name}: ${check.detail ?? 'not ok'}`)
}
