import type { Batch } from '../batching/batch.ts'
import type { LogStore } from '../log-series.ts'
import type { RoiMessage, StreamMessage } from '../stream-message.ts'
import { LiveDataError } from '../../error.ts'
import { parseParameters } from '../../workflows/parameters.ts'
import type { Workflow } from '../../workflows/workflow.ts'
import type { Command, ControlCommand, StartCommand } from './command.ts'
import { Job, type JobResult } from './job.ts'
import { jobKey } from './job-id.ts'
import { KeptMessages } from './kept-messages.ts'
import { noReset } from './resume-plan.ts'

/** Answer to a command, as it stands on {i}_livedata_responses. */
export interface Answer {
  readonly message_id: string
  readonly device: string
  readonly response: 'ACK' | 'ERR'
  readonly message: string | null
}

export interface JobManagerOptions {
  readonly instrument: string
  /** Of this service. */
  readonly workflows: readonly Workflow[]
  readonly logs: LogStore
  /** False for streams that another process of this service looks after. */
  readonly owns: (stream: string) => boolean
  readonly newId: () => string
  /** False where another process of this service answers a command to several jobs. Default: always this one. */
  readonly answersFor?: (selector: ControlCommand['selector']) => boolean
  /** Jobs at one time. Default 500. */
  readonly maxJobs?: number
  /** Bytes of the open window kept for jobs that start in it. Default 67 108 864. */
  readonly keptBytes?: number
  /** Bytes that the arrays of all jobs may take. Default 8 589 934 592. */
  readonly maxBytes?: number
}

/** What follows from a command: an answer (none when it is not for us) and jobs that ended. */
export interface CommandOutcome {
  readonly answer: Answer | null
  readonly stopped: readonly Job[]
}

const nothing: CommandOutcome = { answer: null, stopped: [] }

/** The jobs of one service: started and steered by commands, fed with messages, asked for results. */
export class JobManager {
  private readonly options: JobManagerOptions
  private readonly jobs = new Map<string, Job>()
  private readonly kept: KeptMessages
  /** Regions by job number: a request may come before its job. */
  private readonly regions = new Map<string, RoiMessage>()

  constructor(options: JobManagerOptions) {
    this.options = options
    this.kept = new KeptMessages(options.keptBytes ?? 67_108_864)
  }

  all(): readonly Job[] {
    return [...this.jobs.values()]
  }

  /** Streams that jobs take, for counts of what is active. */
  activeCount(): number {
    return this.jobs.size
  }

  command(command: Command): CommandOutcome {
    return command.kind === 'start' ? this.startJob(command) : this.control(command)
  }

  deliver(message: StreamMessage): void {
    if (message.kind === 'roi') {
      this.deliverRegions(message)
      return
    }
    if (message.kind === 'log') {
      if (!this.options.logs.add(message)) return
      for (const job of this.jobs.values()) job.setContext(message)
    }
    this.kept.add(message)
    for (const job of this.jobs.values()) if (job.wants(message.stream)) job.accept(message)
  }

  /** Results of the window, and the jobs that ended with it. */
  closeWindow(batch: Batch): { readonly results: readonly JobResult[]; readonly finished: readonly Job[] } {
    const results: JobResult[] = []
    const finished: Job[] = []
    this.kept.clear()
    for (const [key, job] of this.jobs) {
      const result = job.windowCloses(batch)
      if (result !== null) results.push(result)
      job.windowOpens(batch.endNs)
      if (!job.isFinished()) continue
      job.stop()
      finished.push(job)
      this.jobs.delete(key)
    }
    return { results, finished }
  }

  /** Ends all jobs, for the last status. */
  stopAll(): readonly Job[] {
    const stopped = this.all()
    for (const job of stopped) job.stop()
    this.jobs.clear()
    return stopped
  }

  private startJob(command: StartCommand): CommandOutcome {
    const workflow = this.find(command)
    const { source_name: source } = command.jobId
    if (workflow === undefined || !this.options.owns(source)) return nothing
    try {
      const job = this.makeJob(workflow, command)
      const key = jobKey(command.jobId)
      this.jobs.delete(key)
      this.jobs.set(key, job)
      this.catchUp(job)
      return { answer: this.answer(command, { device: source, problem: null }), stopped: [] }
    } catch (error) {
      const problem = problemOf(error)
      return { answer: this.answer(command, { device: source, problem }), stopped: [] }
    }
  }

  private find({ workflow: { instrument, name, version } }: StartCommand): Workflow | undefined {
    if (instrument !== this.options.instrument) return undefined
    return this.options.workflows.find((each) => each.name === name && each.version === version)
  }

  private makeJob(workflow: Workflow, command: StartCommand): Job {
    const { jobId, auxSources, workflow: workflowId, dialect, schedule } = command
    const { source_name: source } = jobId
    const text = `${workflowId.instrument}/${workflowId.name}/${workflowId.version}`
    if (!workflow.sources.includes(source))
      throw refused(`Source '${source}' is not allowed for workflow ${text}`)
    for (const [input, stream] of Object.entries(auxSources)) {
      const choices = workflow.auxSources[input]
      if (choices === undefined) throw refused(`Unexpected auxiliary source '${input}' for workflow ${text}`)
      if (!choices.includes(stream))
        throw refused(`Source '${stream}' is not allowed for '${input}' of workflow ${text}`)
    }
    const parsed = parseParameters(workflow.parameters, command.params)
    if (!parsed.ok) throw refused(parsed.reason)
    if (this.jobs.size >= (this.options.maxJobs ?? 500)) throw refused('too many jobs')
    const reduction = workflow.create({
      source,
      parameters: parsed.values,
      auxSources,
      history: (stream) => this.options.logs.get(stream),
      maxBytes: this.freeBytes(jobKey(jobId)),
    })
    const { values: parameters } = parsed
    return new Job({ id: jobId, workflow, workflowId, dialect, schedule, parameters, auxSources, reduction })
  }

  /** A job that is started again makes room for itself. */
  private freeBytes(replacedKey: string): number {
    let used = 0
    for (const [key, job] of this.jobs) if (key !== replacedKey) used += job.start.reduction.sizeBytes ?? 0
    return (this.options.maxBytes ?? 8_589_934_592) - used
  }

  /** A new job gets what is known: values of its context, regions, and the open window so far. */
  private catchUp(job: Job): void {
    const { id, workflow } = job.start
    for (const stream of workflow.contextStreams(id.source_name)) {
      const value = this.options.logs.get(stream)?.samples.at(-1)?.value
      if (value !== undefined) job.setContext({ stream, value })
    }
    for (const request of this.regions.values()) if (isFor(request, job)) job.setRegions(request.geometry)
    this.replay(job)
  }

  private replay(job: Job): void {
    for (const message of this.kept.of((stream) => job.wants(stream))) job.accept(message)
  }

  private deliverRegions(message: RoiMessage): void {
    const key = `${message.jobNumber}\n${message.stream}\n${message.geometry.kind}`
    this.regions.delete(key)
    this.regions.set(key, message)
    const oldest = this.regions.keys().next().value
    if (this.regions.size > maxRememberedRegions && oldest !== undefined) this.regions.delete(oldest)
    for (const job of this.jobs.values()) if (isFor(message, job)) job.setRegions(message.geometry)
  }

  private control(command: ControlCommand): CommandOutcome {
    const selected = this.all().filter((job) => isSelected(job, command.selector))
    if (selected.length === 0) return nothing
    const problem = this.apply(command, selected)
    const stopped = command.action === 'stop' ? selected : []
    const { selector } = command
    const device =
      selector.kind === 'job' ? `${selector.jobId.source_name}/${selector.jobId.job_number}` : 'all'
    const isOurs = selector.kind === 'job' || this.options.answersFor?.(selector) !== false
    return { answer: isOurs ? this.answer(command, { device, problem }) : null, stopped }
  }

  /** The text of what could not be done, or null. */
  private apply(command: ControlCommand, selected: readonly Job[]): string | null {
    switch (command.action) {
      case 'stop':
        for (const job of selected) {
          job.stop()
          this.jobs.delete(jobKey(job.start.id))
        }
        return null
      case 'reset': {
        const able = selected.filter((job) => job.start.workflow.supportsReset)
        for (const job of able) {
          job.reset()
          this.replay(job)
        }
        const unable = selected.find((job) => !job.start.workflow.supportsReset)
        const isOnly = command.selector.kind === 'job' || able.length === 0
        return unable !== undefined && isOnly
          ? noReset(`${unable.start.id.source_name}/${unable.start.id.job_number}`)
          : null
      }
      case 'pause':
      case 'resume':
        return `${command.action === 'pause' ? 'Pause' : 'Resume'} action not implemented yet`
    }
  }

  answer(
    command: Command,
    { device, problem }: { readonly device: string; readonly problem: string | null },
  ): Answer {
    const message_id = command.messageId ?? this.options.newId()
    return { message_id, device, response: problem === null ? 'ACK' : 'ERR', message: problem }
  }
}

const maxRememberedRegions = 1_000

function isFor({ stream, jobNumber }: RoiMessage, job: Job): boolean {
  const { id } = job.start
  return id.source_name === stream && id.job_number === jobNumber
}

function isSelected(job: Job, selector: ControlCommand['selector']): boolean {
  const { id, workflowId } = job.start
  switch (selector.kind) {
    case 'all':
      return true
    case 'job':
      return jobKey(id) === jobKey(selector.jobId)
    case 'workflow': {
      const { instrument, name, version } = selector.workflow
      return (
        workflowId.instrument === instrument && workflowId.name === name && workflowId.version === version
      )
    }
  }
}

/** Why a job could not be made; arrays that cannot be had throw RangeError. Anything else is thrown on. */
function problemOf(error: unknown): string {
  if (error instanceof LiveDataError) return error.detail
  if (error instanceof RangeError) return `not enough memory: ${error.message}`
  throw error
}

function refused(message: string): LiveDataError {
  return new LiveDataError({
    code: 'LIVEDATA_REFUSED',
    message,
    fault: 'caller',
    remedy: 'correct the command',
  })
}
