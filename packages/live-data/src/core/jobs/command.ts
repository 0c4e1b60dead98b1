import type { Dialect, JobId, WorkflowId } from './job-id.ts'
import { fromExactJson } from './exact-json.ts'

/* Commands on {i}_livedata_commands, UTF-8 JSON.
 *   C, B: key null, kind workflow_config | job_command.
 *   A:    key source/service/key URL-encoded (* = any), value without kind; key = workflow_config | job_command.
 * Source: livedata contract, sections 0 and 8. */

export type Command = StartCommand | ControlCommand

export interface StartCommand {
  readonly kind: 'start'
  readonly dialect: Dialect
  readonly messageId: string | null
  readonly workflow: WorkflowId
  readonly jobId: JobId
  readonly schedule: { readonly startNs: bigint | null; readonly endNs: bigint | null }
  readonly auxSources: Readonly<Record<string, string>>
  readonly params: unknown
}

export const actions = ['stop', 'reset', 'pause', 'resume'] as const
export type Action = (typeof actions)[number]

export interface ControlCommand {
  readonly kind: 'control'
  readonly dialect: Dialect
  readonly messageId: string | null
  readonly action: Action
  /** The job; else all jobs of the workflow; else all jobs. */
  readonly selector:
    | { readonly kind: 'job'; readonly jobId: JobId }
    | { readonly kind: 'workflow'; readonly workflow: WorkflowId }
    | { readonly kind: 'all' }
}

export interface CommandRecord {
  readonly key: Uint8Array | null
  readonly value: Uint8Array
}

const maxCommandBytes = 1_048_576

/** null for what is no command: invalid JSON, an unknown kind or action, a field that cannot be. */
export function decodeCommand(record: CommandRecord): Command | null {
  if (record.value.length > maxCommandBytes) return null
  try {
    const body = fromExactJson(new TextDecoder('utf-8', { fatal: true }).decode(record.value))
    if (!isRecord(body)) return null
    const address = record.key === null || record.key.length === 0 ? null : keyOf(record.key)
    const kind = typeof body['kind'] === 'string' ? body['kind'] : address?.kind
    const dialect = address === null ? 'C' : 'A'
    if (kind === 'workflow_config') return startOf(body, { dialect, source: address?.source })
    return kind === 'job_command' ? controlOf(body, dialect) : null
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof URIError) return null
    throw error
  }
}

function keyOf(key: Uint8Array): { readonly source: string | undefined; readonly kind: string } | null {
  const parts = new TextDecoder().decode(key).split('/').map(decodeURIComponent)
  const [source, , kind] = parts
  if (parts.length !== 3 || kind === undefined) return null
  return { source: source === '*' ? undefined : source, kind }
}

function startOf(
  body: Readonly<Record<string, unknown>>,
  { dialect, source }: { readonly dialect: Dialect; readonly source: string | undefined },
): StartCommand | null {
  const workflow = workflowOf(body['identifier'])
  const schedule = scheduleOf(body['schedule'])
  const jobId = jobIdOf(body['job_id'] ?? { source_name: source, job_number: body['job_number'] })
  if (workflow === null || jobId === null || schedule === null) return null
  const aux = body['aux_source_names']
  const messageId = textOrNull(body['message_id'])
  return {
    kind: 'start',
    dialect,
    messageId,
    workflow,
    jobId,
    schedule,
    auxSources: isRecord(aux) ? textEntries(aux) : {},
    params: body['params'],
  }
}

function controlOf(body: Readonly<Record<string, unknown>>, dialect: Dialect): ControlCommand | null {
  const action = actions.find((each) => each === body['action'])
  const messageId = textOrNull(body['message_id'])
  if (action === undefined) return null
  const base = { kind: 'control', dialect, messageId, action } as const
  if (body['job_id'] !== null && body['job_id'] !== undefined) {
    const jobId = jobIdOf(body['job_id'])
    return jobId === null ? null : { ...base, selector: { kind: 'job', jobId } }
  }
  if (body['workflow_id'] !== null && body['workflow_id'] !== undefined) {
    const workflow = workflowOf(body['workflow_id'])
    return workflow === null ? null : { ...base, selector: { kind: 'workflow', workflow } }
  }
  return { ...base, selector: { kind: 'all' } }
}

/** `instrument/name/version`, with the service's name second in dialect A, or the object of the same. */
export function workflowOf(raw: unknown): WorkflowId | null {
  if (typeof raw === 'string') {
    const parts = raw.split('/')
    const [instrument = '', , ,] = parts
    const name = parts.at(-2) ?? ''
    const version = Number(parts.at(-1))
    if ((parts.length !== 3 && parts.length !== 4) || !Number.isInteger(version)) return null
    return { instrument, name, version }
  }
  if (!isRecord(raw)) return null
  const { instrument, name, version = 1 } = raw
  if (typeof instrument !== 'string' || typeof name !== 'string' || typeof version !== 'number') return null
  return { instrument, name, version }
}

function jobIdOf(raw: unknown): JobId | null {
  if (!isRecord(raw)) return null
  const { source_name, job_number } = raw
  if (typeof source_name !== 'string' || typeof job_number !== 'string' || /\n/.test(job_number)) return null
  return source_name === '' || job_number === '' ? null : { source_name, job_number }
}

function scheduleOf(raw: unknown): StartCommand['schedule'] | null {
  const given = raw ?? {}
  if (!isRecord(given)) return null
  const startNs = timeOf(given['start_time'])
  const endNs = timeOf(given['end_time'])
  if (startNs === undefined || endNs === undefined) return null
  if (startNs !== null && endNs !== null && endNs <= startNs) return null
  return { startNs, endNs }
}

function timeOf(raw: unknown): bigint | null | undefined {
  if (raw === null || raw === undefined) return null
  if (typeof raw === 'bigint') return raw
  return typeof raw === 'number' && Number.isInteger(raw) ? BigInt(raw) : undefined
}

function textOrNull(raw: unknown): string | null {
  return typeof raw === 'string' && raw !== '' ? raw : null
}

function textEntries(raw: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(raw).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
