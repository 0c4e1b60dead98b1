import { StreamFormatError } from '@beamtime/stream-formats'
import { LiveDataError } from '../error.ts'
import type { Instrument } from '../instruments/instrument.ts'
import type { ServiceName, Workflow } from '../workflows/workflow.ts'
import type { BatchAction, Batcher } from './batching/batch.ts'
import { seriesBatcher } from './batching/series-batcher.ts'
import { WindowBatcher } from './batching/window-batcher.ts'
import { decodeCommand, type Command, type CommandRecord } from './jobs/command.ts'
import { toExactJson } from './jobs/exact-json.ts'
import type { Job } from './jobs/job.ts'
import type { Dialect } from './jobs/job-id.ts'
import { JobManager, type CommandOutcome } from './jobs/job-manager.ts'
import { resultMessages, type ResultMessage } from './jobs/result-message.ts'
import {
  jobStatusMessage,
  serviceStatusMessage,
  type Reporter,
  type ServiceState,
} from './jobs/status-message.ts'
import { LogStore } from './log-series.ts'
import { MessageRouter, type RawRecord } from './message-router.ts'
import { decodeRoiRequest } from './roi-request.ts'
import type { StreamMessage } from './stream-message.ts'
import { ownsStream, type Shard } from './stream-owner.ts'
import type { StreamTable } from './stream-table.ts'

/** What happens to a service. Wall time comes with each event; nothing here reads a clock. */
export type CoreEvent =
  | { readonly kind: 'records'; readonly records: readonly RawRecord[]; readonly nowMs: number }
  | { readonly kind: 'command'; readonly record: CommandRecord; readonly nowMs: number }
  | { readonly kind: 'roi'; readonly value: Uint8Array; readonly nowMs: number }
  | { readonly kind: 'tick'; readonly nowMs: number }
  /** Time that the last steps took, for the length of the windows. */
  | { readonly kind: 'spent'; readonly elapsedMs: number }
  | { readonly kind: 'stop'; readonly error: string | null; readonly nowMs: number }

export type CoreAction =
  | { readonly kind: 'result'; readonly message: ResultMessage }
  | { readonly kind: 'answer'; readonly value: string }
  | { readonly kind: 'status'; readonly value: Uint8Array }

export interface CoreOptions {
  readonly instrument: Instrument
  readonly service: ServiceName
  readonly workflows: readonly Workflow[]
  readonly table: StreamTable
  readonly wants: (stream: string) => boolean
  readonly reporter: Reporter
  readonly workerId: string
  readonly newId: () => string
  readonly startedAtMs: number
  readonly shard?: Shard
  /** Answer as older services do, where the command does not tell. Default C. */
  readonly dialect?: Dialect
  readonly windowS?: number
  readonly maxBytes?: number
}

const statusEveryMs = 2_000
const statsEveryMs = 30_000

/** Counts of what went through, for metrics. */
export interface CoreCounts {
  messages: number
  events: number
  bytes: number
  dropped: number
  windows: number
  results: number
}

/** A live-data service without its sockets: records and commands in; results, answers and status out. */
export class LiveDataCore {
  readonly counts: CoreCounts = { messages: 0, events: 0, bytes: 0, dropped: 0, windows: 0, results: 0 }
  private readonly options: CoreOptions
  private readonly router: MessageRouter
  private readonly batcher: Batcher
  private readonly jobs: JobManager
  private state: ServiceState = 'starting'
  private statusAtMs = 0
  private statsAtMs: number
  private spentMs = 0

  constructor(options: CoreOptions) {
    const { instrument, service, workflows, shard = { index: 0, count: 1 } } = options
    this.options = options
    this.statsAtMs = options.startedAtMs
    this.router = new MessageRouter(options.table)
    this.batcher =
      service === 'timeseries'
        ? seriesBatcher()
        : new WindowBatcher(options.windowS === undefined ? {} : { windowS: options.windowS })
    const logs = new LogStore({
      units: new Map([...instrument.logs, ...instrument.devices].map(({ stream, unit }) => [stream, unit])),
      deviceStreams: new Set(instrument.devices.map(({ stream }) => stream)),
    })
    this.jobs = new JobManager({
      instrument: instrument.name,
      workflows: workflows.filter((workflow) => workflow.service === service),
      logs,
      owns: (stream) => ownsStream(shard, stream),
      newId: options.newId,
      ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
    })
  }

  step(event: CoreEvent): readonly CoreAction[] {
    switch (event.kind) {
      case 'records':
        return this.records(event.records, event.nowMs)
      case 'command':
        return this.command(decodeCommand(event.record))
      case 'roi':
        return this.roi(event.value)
      case 'tick':
        return [...this.apply(this.batcher.tick(event.nowMs)), ...this.status(event.nowMs)]
      case 'spent':
        this.spentMs += event.elapsedMs
        return []
      case 'stop':
        return this.stop(event)
    }
  }

  /** Starts the default workflows on all their streams; what the --auto-start switch does. */
  startDefaults(): readonly CoreAction[] {
    const { instrument, service, workflows, newId } = this.options
    const actions: CoreAction[] = []
    for (const workflow of workflows) {
      if (workflow.service !== service || !workflow.isDefault) continue
      const jobNumber = newId()
      for (const source of workflow.sources) {
        const outcome = this.jobs.command({
          kind: 'start',
          dialect: 'C',
          messageId: newId(),
          workflow: { instrument: instrument.name, name: workflow.name, version: workflow.version },
          jobId: { source_name: source, job_number: jobNumber },
          schedule: { startNs: null, endNs: null },
          auxSources: {},
          params: {},
        })
        actions.push(...this.outcome(outcome))
      }
    }
    return actions
  }

  all(): readonly Job[] {
    return this.jobs.all()
  }

  intervalS(): number {
    return this.batcher.intervalS()
  }

  private records(records: readonly RawRecord[], nowMs: number): readonly CoreAction[] {
    const messages: StreamMessage[] = []
    const { wants, shard = { index: 0, count: 1 } } = this.options
    for (const record of records) {
      this.counts.messages += 1
      this.counts.bytes += record.value.length
      const routed = this.router.route(record)
      if (routed.kind === 'dropped') {
        if (routed.reason === 'malformed' || routed.reason === 'unmapped') this.counts.dropped += 1
        continue
      }
      const { message } = routed
      if (!wants(message.stream)) continue
      // Values of motors are context for streams of any shard.
      if (message.kind !== 'log' && !ownsStream(shard, message.stream)) continue
      if ('toa' in message) this.counts.events += message.toa.length
      messages.push(message)
    }
    return this.apply(this.batcher.add(messages, nowMs))
  }

  private apply(actions: readonly BatchAction[]): readonly CoreAction[] {
    const out: CoreAction[] = []
    for (const action of actions) {
      if (action.kind === 'deliver') {
        this.jobs.deliver(action.message)
        continue
      }
      this.counts.windows += 1
      const { results, finished } = this.jobs.closeWindow(action.batch)
      const { nicosDevices } = this.options.instrument
      for (const result of results)
        for (const message of resultMessages(result, {
          nicosDevices,
          dialect: this.options.dialect ?? 'C',
        })) {
          this.counts.results += 1
          out.push({ kind: 'result', message })
        }
      for (const job of finished) out.push(this.jobStatus(job))
      this.batcher.processed(this.spentMs)
      this.spentMs = 0
    }
    return out
  }

  private command(command: Command | null): readonly CoreAction[] {
    return command === null ? [] : this.outcome(this.jobs.command(command))
  }

  private outcome({ answer, stopped }: CommandOutcome): readonly CoreAction[] {
    return [
      ...stopped.map((job) => this.jobStatus(job)),
      ...(answer === null ? [] : [{ kind: 'answer', value: toExactJson(answer) } as const]),
    ]
  }

  private roi(value: Uint8Array): readonly CoreAction[] {
    try {
      this.jobs.deliver(decodeRoiRequest(value))
    } catch (error) {
      if (!(error instanceof LiveDataError) && !(error instanceof StreamFormatError)) throw error
      this.counts.dropped += 1
    }
    return []
  }

  private status(nowMs: number): readonly CoreAction[] {
    if (nowMs - this.statusAtMs < statusEveryMs && nowMs >= this.statusAtMs) return []
    this.statusAtMs = nowMs
    if (this.state === 'starting') this.state = 'running'
    const isStatsDue = nowMs - this.statsAtMs >= statsEveryMs
    const stats = isStatsDue
      ? { windowS: (nowMs - this.statsAtMs) / 1_000, streams: this.router.takeCounts() }
      : null
    if (isStatsDue) this.statsAtMs = nowMs
    return [this.serviceStatus(stats, null), ...this.jobs.all().map((job) => this.jobStatus(job))]
  }

  private stop({ error }: { readonly error: string | null }): readonly CoreAction[] {
    const stopped = this.jobs.stopAll().map((job) => this.jobStatus(job))
    this.state = error === null ? 'stopped' : 'error'
    return [...stopped, this.serviceStatus(null, error)]
  }

  private serviceStatus(
    streamStats: Parameters<typeof serviceStatusMessage>[1]['streamStats'],
    error: string | null,
  ): CoreAction {
    const { instrument, service, workerId, startedAtMs, reporter } = this.options
    const value = serviceStatusMessage(reporter, {
      instrument: instrument.name,
      service,
      workerId,
      state: this.state,
      startedAtNs: BigInt(Math.trunc(startedAtMs)) * 1_000_000n,
      activeJobs: this.jobs.activeCount(),
      error,
      batchIntervalS: this.batcher.intervalS(),
      streamStats,
    })
    return { kind: 'status', value }
  }

  private jobStatus(job: Job): CoreAction {
    return { kind: 'status', value: jobStatusMessage(this.options.reporter, job) }
  }
}
