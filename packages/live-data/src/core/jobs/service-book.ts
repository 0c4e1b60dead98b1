import { StreamFormatError, x5f2 } from '@beamtime/stream-formats'
import { fromExactJson } from './exact-json.ts'

/** A job as its last status told. */
export interface SeenJob {
  /** `instrument/name/version` */
  readonly workflow: string
  readonly source: string
  readonly jobNumber: string
  readonly state: string
  readonly seenMs: number
}

/** Another process of the same service. */
export interface SeenWorker {
  readonly workerId: string
  readonly state: string
  readonly startedMs: number
  readonly seenMs: number
}

const maxJobs = 5_000
const maxWorkers = 500

type Table = Readonly<Record<string, unknown>>

/** What the other processes of a service say of themselves on the status topic, and what those said that are gone. */
export class ServiceBook {
  private readonly place: {
    readonly instrument: string
    readonly service: string
    readonly workerId: string
    /** `instrument/name/version` of all of the service. */
    readonly workflows: ReadonlySet<string>
  }
  private readonly jobsByKey = new Map<string, SeenJob>()
  private readonly workersById = new Map<string, SeenWorker>()
  /** This process has read its own first status: what was written before it is known. */
  hasSeenItself = false

  constructor(place: ServiceBook['place']) {
    this.place = place
  }

  /** A status message of anybody. What cannot be read is left alone. */
  take(value: Uint8Array, atMs: number): void {
    const body = bodyOf(value)
    if (body === null) return
    if (body['message_type'] === 'service') this.takeWorker(body, atMs)
    else this.takeJob(body, atMs)
  }

  jobs(): readonly SeenJob[] {
    return [...this.jobsByKey.values()]
  }

  /** In the order in which they were first heard of; only those that were there before this process. */
  workers(): readonly SeenWorker[] {
    return [...this.workersById.values()]
  }

  private takeWorker(body: Table, seenMs: number): void {
    const { instrument, service_name: service, worker_id: workerId, state, started_at: started } = body
    if (instrument !== this.place.instrument || service !== this.place.service) return
    if (typeof workerId !== 'string' || typeof state !== 'string') return
    if (workerId === this.place.workerId) {
      this.hasSeenItself = true
      return
    }
    const isKnown = this.workersById.has(workerId)
    if (!isKnown && (this.hasSeenItself || this.workersById.size >= maxWorkers)) return
    const startedMs = Number(typeof started === 'bigint' ? started / 1_000_000n : Number(started) / 1e6)
    this.workersById.set(workerId, { workerId, state, seenMs, startedMs: startedMs || 0 })
  }

  private takeJob(body: Table, seenMs: number): void {
    const { job_id: id, workflow_id: workflow, state } = body
    if (!isTable(id) || typeof workflow !== 'string' || typeof state !== 'string') return
    const { source_name: source, job_number: jobNumber } = id
    const known = plainWorkflow(workflow)
    if (typeof source !== 'string' || typeof jobNumber !== 'string') return
    if (!this.place.workflows.has(known)) return
    const key = `${jobNumber}\n${source}`
    this.jobsByKey.delete(key)
    this.jobsByKey.set(key, { workflow: known, source, jobNumber, state, seenMs })
    const oldest = this.jobsByKey.keys().next().value
    if (this.jobsByKey.size > maxJobs && oldest !== undefined) this.jobsByKey.delete(oldest)
  }
}

function bodyOf(value: Uint8Array): Table | null {
  try {
    const status = fromExactJson(x5f2.decode(value).status_json ?? '')
    const message = isTable(status) ? status['message'] : null
    return isTable(message) ? message : null
  } catch (error) {
    const isMalformed =
      error instanceof StreamFormatError || error instanceof SyntaxError || error instanceof RangeError
    if (isMalformed) return null
    throw error
  }
}

/** Dialect A has the service's name in it. */
function plainWorkflow(text: string): string {
  const parts = text.split('/')
  return parts.length === 4 ? [parts[0], parts[2], parts[3]].join('/') : text
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
