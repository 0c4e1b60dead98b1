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
import { answeredKey, answersForSeveral } from './jobs/answers.ts'
import { resumePlan } from './jobs/resume-plan.ts'
import { ServiceBook } from './jobs/service-book.ts'
import { LogStore } from './log-series.ts'
import { MessageRouter, type RawRecord } from './message-router.ts'
import { decodeRoiRequest } from './roi-request.ts'
import type { StreamMessage } from './stream-message.ts'
import { streamOwners, wholeService, type OwnerOf, type Shard } from './stream-owner.ts'
import type { StreamTable } from './stream-table.ts'

/** What happens to a service. Wall time comes with each event; nothing here reads a clock. */
export type CoreEvent =
  | { readonly kind: 'records'; readonly records: readonly RawRecord[]; readonly nowMs: number }
  | { readonly kind: 'command'; readonly record: CommandRecord; readonly nowMs: number }
  | { readonly kind: 'roi'; readonly value: Uint8Array; readonly nowMs: number }
  | { readonly kind: 'tick'; readonly nowMs: number }
  /** Time that the last steps took, for the length of the windows. */
  | { readonly kind: 'spent'; readonly elapsedMs: number }
  /** A status message of anybody; for processes that go on with what others run. */
  | { readonly kind: 'heartbeat'; readonly value: Uint8Array; readonly atMs: number }
  | {
      readonly kind: 'resume'
      /** What stood on the topics when the service started, oldest first. */
      readonly commands: readonly (CommandRecord & { readonly timestampMs: number })[]
      readonly answers: readonly Uint8Array[]
      readonly startsDefaults: boolean
      readonly nowMs: number
    }
  | { readonly kind: 'stop'; readonly error: string | null; readonly nowMs: number }

export type CoreAction =
  | { readonly kind: 'result'; readonly message: ResultMessage }
  | { readonly kind: 'answer'; readonly value: string }
  | { readonly kind: 'status'; readonly value: Uint8Array }
  /** A job ran before this process and nobody knows its parameters any more. */
  | { readonly kind: 'not-resumed'; readonly job: string }

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
  private nowMs = 0
  private readonly shard: Shard
  private readonly ownerOf: OwnerOf
  private readonly others: ServiceBook

  constructor(options: CoreOptions) {
    const { instrument, service, workflows, workerId, shard = wholeService } = options
    this.options = options
    this.shard = shard
    this.ownerOf = streamOwners(instrument, shard.count)
    const own = workflows.filter((workflow) => workflow.service === service)
    const ids = own.map(({ name, version }) => `${instrument.name}/${name}/${version}`)
    const place = { instrument: instrument.name, service, workerId, workflows: new Set(ids) }
    this.others = new ServiceBook(place)
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
      workflows: own,
      logs,
      owns: (stream) => this.owns(stream),
      newId: options.newId,
      answersFor: (selector) =>
        answersForSeveral(selector, { shard, ownerOf: this.ownerOf, others: this.others, nowMs: this.nowMs }),
      ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
    })
  }

  step(event: CoreEvent): readonly CoreAction[] {
    switch (event.kind) {
      case 'records':
        return this.records(event.records, event.nowMs)
      case 'command':
        this.nowMs = event.nowMs
        return this.command(decodeCommand(event.record))
      case 'roi':
        return this.roi(event.value)
      case 'tick':
        return [...this.apply(this.batcher.tick(event.nowMs)), ...this.status(event.nowMs)]
      case 'spent':
        this.spentMs += event.elapsedMs
        return []
      case 'heartbeat':
        this.others.take(event.value, event.atMs)
        return []
      case 'resume':
        return this.resume(event)
      case 'stop':
        return this.stop(event)
    }
  }

  /** The first status: it says to processes that start later which of them was there first. */
  announce(): CoreAction {
    return this.serviceStatus(null, null)
  }

  /** This process's own first status was read: it knows what the others said before. */
  hasSeenItself(): boolean {
    return this.others.hasSeenItself
  }

  all(): readonly Job[] {
    return this.jobs.all()
  }

  private owns(stream: string): boolean {
    return this.ownerOf(stream) === this.shard.index
  }

  intervalS(): number {
    return this.batcher.intervalS()
  }

  private records(records: readonly RawRecord[], nowMs: number): readonly CoreAction[] {
    const messages: StreamMessage[] = []
    const { wants } = this.options
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
      if (message.kind !== 'log' && !this.owns(message.stream)) continue
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

  /** Takes up what runs and, where that is asked for and nothing runs, the default workflows. */
  private resume(event: Extract<CoreEvent, { kind: 'resume' }>): readonly CoreAction[] {
    const { instrument, service, workflows, workerId } = this.options
    const { starts, answers, unknown } = resumePlan({
      nowMs: event.nowMs,
      instrument: instrument.name,
      workerId,
      workflows: workflows.filter((workflow) => workflow.service === service),
      owns: (source) => this.owns(source),
      processes: this.shard.count,
      startsDefaults: event.startsDefaults,
      workers: this.others.workers(),
      jobs: this.others.jobs(),
      commands: event.commands.flatMap(({ timestampMs: atMs, ...record }) => {
        const command = decodeCommand(record)
        return command === null ? [] : [{ command, atMs }]
      }),
      answered: new Set(event.answers.flatMap(answeredKey)),
    })
    return [
      ...starts.flatMap(({ command, isAnswered }) => {
        const { answer, stopped } = this.jobs.command(command)
        return this.outcome({ answer: isAnswered ? null : answer, stopped })
      }),
      ...answers.flatMap(({ command, ...given }) =>
        this.outcome({ answer: this.jobs.answer(command, given), stopped: [] }),
      ),
      ...unknown.map((job) => ({ kind: 'not-resumed', job }) as const),
      // At once, so that dashboards know the jobs before their first results.
      ...this.jobs.all().map((job) => this.jobStatus(job)),
    ]
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
