import { x5f2 } from '@beamtime/stream-formats'
import { fromExactJson } from '../core/jobs/exact-json.ts'
import type { LiveJob, LiveJobState, LiveStreamCount, LiveWorker } from '../ui-types.ts'

const jobStates: readonly string[] = [
  'scheduled',
  'pending_context',
  'active',
  'finishing',
  'warning',
  'error',
  'stopped',
]
const workerStates: readonly string[] = ['starting', 'running', 'stopped', 'error']
const jobStaleMs = 60_000
const workerStaleMs = 30_000
/** Stopped and stale ones are shown for a while, then forgotten. */
const forgetMs = 300_000
const maxEntries = 2_000
/** Of each service, workers that stopped or fell silent; the newest stay. */
const maxInactive = 3

type Table = Readonly<Record<string, unknown>>

/** Jobs and workers as their status messages tell. */
export class StatusBook {
  private readonly jobsById = new Map<string, LiveJob>()
  private readonly workersById = new Map<string, LiveWorker>()

  /** The job, when it was one's status. Other programs' status is left alone. Throws STREAM_MESSAGE_MALFORMED. */
  take(message: Uint8Array, atMs: number): LiveJob | null {
    const wire = x5f2.decode(message)
    const body = messageOf(wire.status_json ?? '')
    if (body === null) return null
    if (body['message_type'] === 'service') {
      const worker = workerOf(body, atMs)
      if (worker === null) return null
      const { service_name: service, ...known } = worker
      const streams = known.streams ?? this.workersById.get(known.workerId)?.streams ?? null
      const statsWindowS = known.statsWindowS ?? this.workersById.get(known.workerId)?.statsWindowS ?? null
      const { software_version: version, host_name: host, process_id: pid } = wire
      const text = { version: version ?? '', host: host ?? '', pid }
      keep(this.workersById, known.workerId, { ...known, ...text, service, streams, statsWindowS })
      return null
    }
    const job = jobOf(body, atMs)
    if (job !== null) keep(this.jobsById, job.id, job)
    return job
  }

  jobs(nowMs: number): readonly LiveJob[] {
    return [...this.jobsById.values()].map((job) => ({ ...job, isStale: nowMs - job.seenAt > jobStaleMs }))
  }

  workers(nowMs: number): readonly LiveWorker[] {
    return [...this.workersById.values()].map((worker) => ({
      ...worker,
      isStale: nowMs - worker.seenAt > workerStaleMs,
    }))
  }

  /** Drops workers that stopped or fell silent. */
  clearWorkers(nowMs: number): void {
    for (const { workerId } of this.workers(nowMs).filter(isInactive)) this.workersById.delete(workerId)
  }

  /** Drops what ended long ago, and of inactive workers all but the newest. True when something went. */
  forget(nowMs: number): boolean {
    let went = false
    const inactive = Map.groupBy(this.workers(nowMs).filter(isInactive), ({ service }) => service)
    for (const of of inactive.values())
      for (const { workerId } of of.slice(0, -maxInactive)) went = this.workersById.delete(workerId) || went
    for (const book of [this.jobsById, this.workersById] as Map<string, LiveJob | LiveWorker>[])
      for (const [id, { seenAt }] of book) if (nowMs - seenAt > forgetMs) went = book.delete(id) || went
    return went
  }
}

function isInactive({ state, isStale }: LiveWorker): boolean {
  return isStale || state === 'stopped'
}

function keep<T>(book: Map<string, T>, id: string, entry: T): void {
  book.delete(id)
  book.set(id, entry)
  const oldest = book.keys().next().value
  if (book.size > maxEntries && oldest !== undefined) book.delete(oldest)
}

function messageOf(json: string): Table | null {
  try {
    const status = fromExactJson(json)
    const message = isTable(status) ? status['message'] : null
    return isTable(message) ? message : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function jobOf(body: Table, seenAt: number): LiveJob | null {
  const id = body['job_id']
  const state = body['state']
  if (!isTable(id) || typeof state !== 'string' || !jobStates.includes(state)) return null
  const { source_name: source, job_number: jobNumber } = id
  const workflow = plainWorkflow(body['workflow_id'])
  if (typeof source !== 'string' || typeof jobNumber !== 'string' || workflow === null) return null
  return {
    id: `${source}/${jobNumber}`,
    workflow,
    source,
    jobNumber,
    state: state as LiveJobState,
    warning: textOf(body['warning']),
    error: textOf(body['error']),
    startTime: timeOf(body['start_time']),
    endTime: timeOf(body['end_time']),
    seenAt,
    isStale: false,
  }
}

type Worker = Omit<LiveWorker, 'version' | 'host' | 'pid' | 'service'> & { readonly service_name: string }

function workerOf(body: Table, seenAt: number): Worker | null {
  const { worker_id: workerId, state, service_name, stream_stats: stats } = body
  if (typeof workerId !== 'string' || typeof state !== 'string' || !workerStates.includes(state)) return null
  const counts = isTable(stats) ? stats['streams'] : null
  return {
    workerId,
    service_name: typeof service_name === 'string' ? service_name : '',
    state: state as LiveWorker['state'],
    startedAt: timeOf(body['started_at']) ?? '0',
    activeJobs: Number(body['active_job_count'] ?? 0),
    error: textOf(body['error']),
    windowS: Number(body['batch_interval_s'] ?? 1),
    streams: Array.isArray(counts) ? counts.flatMap(countOf) : null,
    statsWindowS: isTable(stats) ? Number(stats['window_seconds'] ?? 0) : null,
    seenAt,
    isStale: false,
  }
}

function countOf(raw: unknown): readonly LiveStreamCount[] {
  if (!isTable(raw)) return []
  const { topic, source_name: source, stream, count } = raw
  return [{ topic: String(topic), source: String(source), stream: textOf(stream), count: Number(count) }]
}

/** `instrument/name/version`; older services have their own name second. */
export function plainWorkflow(raw: unknown): string | null {
  if (typeof raw !== 'string') return null
  const parts = raw.split('/')
  if (parts.length === 4) parts.splice(1, 1)
  return parts.length === 3 ? parts.join('/') : null
}

function timeOf(raw: unknown): string | null {
  return typeof raw === 'bigint' || typeof raw === 'number' ? String(raw) : null
}

function textOf(raw: unknown): string | null {
  return typeof raw === 'string' ? raw : null
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
