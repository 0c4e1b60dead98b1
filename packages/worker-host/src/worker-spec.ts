import { isAbsolute } from 'node:path'
import { WorkerHostError } from './error.ts'

export type WorkerStartup =
  | { readonly kind: 'demo'; readonly path?: string }
  | { readonly kind: 'dir' | 'script' | 'module'; readonly path: string; readonly root?: string }

/** The file that a manager writes before it starts a worker host. Paths are absolute. */
export interface WorkerSpec {
  readonly queue: string
  /** Unix socket that the host listens on. */
  readonly socket: string
  readonly dataDir: string
  readonly runtimeDir: string
  /** The host drains and exits when this process is gone; null = never. */
  readonly supervisorPid: number | null
  /** `demo`: the folder `path`, or the demo beamline of the engine. `module` of Python: its name. `root`: where local
   * imports of uploaded Python scripts start, if the source has no folder. */
  readonly startup: WorkerStartup
  /** Documents topic. */
  readonly topic: string
  readonly publishDocuments: boolean
  /** `host:port` of a 0MQ proxy of Bluesky that gets the documents as well; '' = none. */
  readonly zmqProxy?: string
  /** Options of openBus (bootstrapServers, security, sasl, tls, clientId ...). */
  readonly bus: Readonly<Record<string, unknown>> & { readonly bootstrapServers: readonly string[] }
  readonly spoolDir: string
  readonly spoolMaxBytes: number
  readonly onUnavailable: 'spool' | 'block' | 'fail'
  /** Merged into every start document (facility, beamline_id ...). */
  readonly metadata: Readonly<Record<string, unknown>>
  /** queue_item_uid, queue_user and queue_user_group go into the start document. */
  readonly runMetadata: boolean
  readonly recordInterruptions: boolean
  /** As of command_permissions_reload; null = everything is allowed. */
  readonly permissions: unknown
  readonly worker: 'native' | 'python'
  readonly python: string | readonly string[]
  /** Working directory, '' = the startup folder. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** What happens to a running plan when the supervisor is gone or SIGTERM comes. Default 'pause'. */
  readonly onShutdown: 'wait' | 'pause' | 'abort'
  /** Budget of that, milliseconds. Default 20 000. */
  readonly shutdownMs: number
  /** Levels of a device tree that are listed, 0 = all. */
  readonly deviceMaxDepth: number
  /** Python: plans with a wrong annotation are left out instead of failing the start. Default false. */
  readonly ignoreInvalidPlans?: boolean
  readonly log: { readonly level: string; readonly format: string }
}

type Check = 'string' | 'path' | 'boolean' | 'number' | 'table'

const required = {
  queue: 'string',
  socket: 'path',
  dataDir: 'path',
  runtimeDir: 'path',
  topic: 'string',
  spoolDir: 'path',
} as const satisfies Partial<Record<keyof WorkerSpec, Check>>

/** Checks a parsed spec file and fills in defaults. Throws WORKER_SPEC_INVALID naming every problem. */
export function parseWorkerSpec(raw: unknown): WorkerSpec {
  const problems: string[] = []
  const table = isRecord(raw) ? raw : {}
  if (!isRecord(raw)) problems.push('the file does not hold a JSON object')
  for (const [key, check] of Object.entries(required)) {
    const problem = problemOf(table[key], check)
    if (problem !== null) problems.push(`${key} ${problem}`)
  }
  const spec: WorkerSpec = {
    queue: text(table['queue']),
    socket: text(table['socket']),
    dataDir: text(table['dataDir']),
    runtimeDir: text(table['runtimeDir']),
    supervisorPid: optional(table, 'supervisorPid', isNumber, null, problems),
    startup: parseStartup(table['startup'], problems),
    topic: text(table['topic']),
    publishDocuments: optional(table, 'publishDocuments', isBoolean, true, problems),
    zmqProxy: optional(table, 'zmqProxy', isString, '', problems),
    bus: parseBus(table['bus'], problems),
    spoolDir: text(table['spoolDir']),
    spoolMaxBytes: optional(table, 'spoolMaxBytes', isNumber, 10_737_418_240, problems),
    onUnavailable: optional(table, 'onUnavailable', isOnUnavailable, 'spool', problems),
    metadata: optional(table, 'metadata', isRecord, {}, problems),
    runMetadata: optional(table, 'runMetadata', isBoolean, true, problems),
    recordInterruptions: optional(table, 'recordInterruptions', isBoolean, false, problems),
    permissions: table['permissions'] ?? null,
    worker: optional(table, 'worker', isWorker, 'native', problems),
    python: optional(table, 'python', isCommand, 'python3', problems),
    cwd: optional(table, 'cwd', isString, '', problems),
    env: optional(table, 'env', isTextTable, {}, problems),
    onShutdown: optional(table, 'onShutdown', isOnShutdown, 'pause', problems),
    shutdownMs: optional(table, 'shutdownMs', isNumber, 20_000, problems),
    deviceMaxDepth: optional(table, 'deviceMaxDepth', isNumber, 0, problems),
    ignoreInvalidPlans: optional(table, 'ignoreInvalidPlans', isBoolean, false, problems),
    log: parseLog(table['log'], problems),
  }
  if (problems.length > 0) {
    throw new WorkerHostError({
      code: 'WORKER_SPEC_INVALID',
      message: `the worker spec is not usable: ${problems.join('; ')}`,
      fault: 'caller',
      remedy: 'The manager writes this file; start the environment through the queue.',
    })
  }
  return spec
}

function parseStartup(raw: unknown, problems: string[]): WorkerStartup {
  if (raw === undefined || raw === null) return { kind: 'demo' }
  if (isRecord(raw)) {
    const { kind, path } = raw
    if (kind === 'demo') return isString(path) ? { kind, path } : { kind }
    if ((kind === 'dir' || kind === 'script' || kind === 'module') && isString(path) && path !== '') {
      const { root } = raw
      return isString(root) ? { kind, path, root } : { kind, path }
    }
  }
  problems.push('startup must be {kind: demo | dir | script | module, path}')
  return { kind: 'demo' }
}

function parseBus(raw: unknown, problems: string[]): WorkerSpec['bus'] {
  if (raw === undefined || raw === null) return { bootstrapServers: [] }
  if (isRecord(raw)) {
    const servers = raw['bootstrapServers']
    if (Array.isArray(servers) && servers.every(isString)) return { ...raw, bootstrapServers: servers }
  }
  problems.push('bus must be {bootstrapServers: [host:port, ...], ...}')
  return { bootstrapServers: [] }
}

function parseLog(raw: unknown, problems: string[]): WorkerSpec['log'] {
  const fallback = { level: 'info', format: 'auto' }
  if (raw === undefined || raw === null) return fallback
  if (!isRecord(raw)) {
    problems.push('log must be a table')
    return fallback
  }
  return {
    level: isString(raw['level']) ? raw['level'] : fallback.level,
    format: isString(raw['format']) ? raw['format'] : fallback.format,
  }
}

function optional<T>(
  table: Record<string, unknown>,
  ...[key, accepts, fallback, problems]: [
    keyof WorkerSpec,
    (value: unknown) => value is T,
    T | null,
    string[],
  ]
): T {
  const value = table[key]
  if (value !== undefined && value !== null) {
    if (accepts(value)) return value
    problems.push(`${key} has the wrong type or value`)
  }
  return fallback as T
}

function problemOf(value: unknown, check: 'string' | 'path'): string | null {
  if (!isString(value) || value === '') return 'must be a non-empty string'
  if (check === 'path' && !isAbsolute(value)) return 'must be an absolute path'
  return null
}

const isString = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
const isOnUnavailable = (value: unknown): value is WorkerSpec['onUnavailable'] =>
  value === 'spool' || value === 'block' || value === 'fail'
const isOnShutdown = (value: unknown): value is WorkerSpec['onShutdown'] =>
  value === 'wait' || value === 'pause' || value === 'abort'
const isWorker = (value: unknown): value is WorkerSpec['worker'] => value === 'native' || value === 'python'
const isCommand = (value: unknown): value is WorkerSpec['python'] =>
  isString(value) || (Array.isArray(value) && value.length > 0 && value.every(isString))
const isTextTable = (value: unknown): value is Record<string, string> =>
  isRecord(value) && Object.values(value).every(isString)
const text = (value: unknown): string => (isString(value) ? value : '')

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
