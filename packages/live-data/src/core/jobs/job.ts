import type { Batch } from '../batching/batch.ts'
import type { LogMessage, RoiGeometry, StreamMessage } from '../stream-message.ts'
import type { ParameterValues } from '../../workflows/parameters.ts'
import type { Output, Reduction, Workflow } from '../../workflows/workflow.ts'
import type { Dialect, JobId, WorkflowId } from './job-id.ts'

export type JobState =
  | 'scheduled'
  | 'pending_context'
  | 'active'
  | 'finishing'
  | 'warning'
  | 'error'
  | 'stopped'

/** What a job is made from. */
export interface JobStart {
  readonly id: JobId
  readonly workflow: Workflow
  readonly workflowId: WorkflowId
  readonly dialect: Dialect
  readonly schedule: { readonly startNs: bigint | null; readonly endNs: bigint | null }
  readonly parameters: ParameterValues
  readonly auxSources: Readonly<Record<string, string>>
  readonly reduction: Reduction
}

/** Outputs of one job for one window. */
export interface JobResult {
  readonly job: Job
  readonly outputs: readonly Output[]
  readonly jobStartNs: bigint
  readonly batch: Batch
}

/** Phases in the order in which a job goes through them; `stop` leads from any of them to `stopped`. */
const nextPhase = {
  scheduled: 'pending_context',
  pending_context: 'active',
  active: 'finishing',
  finishing: 'stopped',
  stopped: 'stopped',
} as const
type Phase = keyof typeof nextPhase

/** One workflow running on one stream. */
export class Job {
  readonly start: JobStart
  private phase: Phase = 'scheduled'
  private hasData: boolean
  /** Of the first window with data; null before it and after a reset. */
  startNs: bigint | null = null
  endNs: bigint | null = null
  warning: string | null = null
  error: string | null = null
  private readonly missingContext: Set<string>

  constructor(start: JobStart) {
    this.start = start
    this.hasData = start.reduction.hasHistory === true
    this.missingContext = new Set(start.workflow.contextStreams(start.id.source_name))
    if (start.schedule.startNs === null) this.advance()
  }

  state(): JobState {
    if (this.phase !== 'active') return this.phase
    if (this.error !== null) return 'error'
    return this.warning !== null ? 'warning' : 'active'
  }

  /** Streams it waits for, as status messages say it. */
  waitingText(): string | null {
    if (this.phase !== 'pending_context') return null
    return `Waiting for context streams: ${[...this.missingContext].toSorted().join(', ')}`
  }

  wants(stream: string): boolean {
    const { id, auxSources } = this.start
    return id.source_name === stream || Object.values(auxSources).includes(stream)
  }

  accept(message: StreamMessage): void {
    if (this.phase !== 'active') return
    try {
      if (!this.start.reduction.accept(message)) return
      this.hasData = true
      this.warning = null
    } catch (error) {
      this.warning = textOf(error)
    }
  }

  setContext(message: Pick<LogMessage, 'stream' | 'value'>): void {
    this.start.reduction.setContext?.(message.stream, message.value)
    if (!this.missingContext.delete(message.stream)) return
    if (this.phase === 'pending_context' && this.missingContext.size === 0) this.phase = 'active'
  }

  setRegions(geometry: RoiGeometry): void {
    this.start.reduction.setRegions?.(geometry)
  }

  /** A window begins: scheduled jobs whose time has come take part in it. */
  windowOpens(startNs: bigint): void {
    const { startNs: wanted } = this.start.schedule
    if (this.phase === 'scheduled' && wanted !== null && startNs >= wanted) this.advance()
  }

  /** A window ends. null without new data, and when the outputs cannot be made. */
  windowCloses(batch: Batch): JobResult | null {
    const result = this.hasData ? this.finalize(batch) : null
    const { endNs } = this.start.schedule
    if (this.phase === 'active' && endNs !== null && batch.endNs >= endNs) this.phase = 'finishing'
    return result
  }

  isFinished(): boolean {
    return this.phase === 'finishing' || this.phase === 'stopped'
  }

  stop(): void {
    this.phase = 'stopped'
  }

  reset(): void {
    this.start.reduction.clear()
    this.hasData = false
    this.startNs = null
    this.endNs = null
    this.warning = null
    this.error = null
  }

  private finalize(batch: Batch): JobResult | null {
    this.hasData = false
    // The clock may have been moved back since.
    if (this.startNs === null || this.startNs >= batch.endNs) this.startNs = batch.startNs
    this.endNs = batch.endNs
    try {
      const outputs = this.start.reduction.finalize()
      this.error = null
      return { job: this, outputs, jobStartNs: this.startNs, batch }
    } catch (error) {
      this.error = textOf(error)
      this.hasData = true
      return null
    }
  }

  private advance(): void {
    this.phase = nextPhase[this.phase]
    if (this.phase === 'pending_context' && this.missingContext.size === 0) this.phase = 'active'
  }
}

function textOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'detail' in error) return String(error.detail)
  return error instanceof Error ? error.message : String(error)
}
