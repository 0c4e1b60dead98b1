import type { Command } from '../core/jobs/command.ts'
import type { WorkflowId } from '../core/jobs/job-id.ts'
import type { LiveGeneration, LiveJob, LiveParameters, LiveStart } from '../ui-types.ts'
import { answerMs } from './pending-commands.ts'

interface Generation {
  readonly jobNumber: string
  readonly settings: Map<string, LiveStart | null>
  /** Committed from here, so that jobs that should not run may be stopped from here. */
  readonly isOurs: boolean
  readonly sinceMs: number
  isSeen: boolean
  /** Sources whose job was told to stop, or said that it stopped. */
  readonly ended: Set<string>
  /** Status of other running jobs since the last one of this generation, by job. */
  readonly rivals: Map<string, number>
}

/** So many status messages of another job, 2 s apart, without one of the generation: its service is gone. */
const takeoverStatus = 4

const restopMs = 30_000
const maxWorkflows = 1_000

/** Which jobs of each workflow count: those that were started last, by whomever. */
export class Generations {
  private readonly byWorkflow = new Map<string, Generation>()
  private readonly restoppedMs = new Map<string, number>()

  /** The workflow whose generation is another now, or null. */
  commandSeen(command: Command, seen: { readonly nowMs: number; readonly isOurs: boolean }): string | null {
    if (command.kind === 'control') {
      this.stopSeen(command)
      return null
    }
    const { workflow: id, jobId, params, auxSources } = command
    const workflow = workflowText(id)
    const current = this.byWorkflow.get(workflow)
    const parameters = (typeof params === 'object' && params !== null ? params : {}) as LiveParameters
    const setting: LiveStart = { source: jobId.source_name, parameters, auxSources }
    if (current?.jobNumber === jobId.job_number) {
      current.settings.set(setting.source, setting)
      current.ended.delete(setting.source)
      return null
    }
    this.replace(workflow, {
      jobNumber: jobId.job_number,
      settings: new Map([[setting.source, setting]]),
      isOurs: seen.isOurs,
      sinceMs: seen.nowMs,
      isSeen: false,
      ended: new Set(),
      rivals: new Map(),
    })
    return workflow
  }

  /** The workflow whose generation is another now: a running job of which no start was seen is adopted. */
  jobSeen(job: LiveJob, nowMs: number): string | null {
    const current = this.byWorkflow.get(job.workflow)
    if (current?.jobNumber === job.jobNumber) {
      if (job.state === 'stopped') current.ended.add(job.source)
      else {
        current.isSeen = true
        current.rivals.clear()
        // A process that was ended and started again takes its jobs up under their number.
        current.ended.delete(job.source)
        if (!current.settings.has(job.source)) current.settings.set(job.source, null)
      }
      return null
    }
    if (job.state === 'stopped') return null
    // What was started last counts for as long as it runs, or may yet be seen running.
    const isLive = current !== undefined && !hasEnded(current)
    if (isLive && (current.isSeen ? !takesOver(job, current) : nowMs - current.sinceMs < answerMs))
      return null
    this.replace(job.workflow, {
      jobNumber: job.jobNumber,
      settings: new Map([[job.source, null]]),
      isOurs: false,
      sinceMs: nowMs,
      isSeen: true,
      ended: new Set(),
      rivals: new Map(),
    })
    return job.workflow
  }

  /** A running job that should not: to be stopped again, at most every 30 s. */
  strays(jobs: readonly LiveJob[], nowMs: number): readonly LiveJob[] {
    return jobs.filter((job) => {
      const current = this.byWorkflow.get(job.workflow)
      if (current === undefined || !current.isOurs || current.jobNumber === job.jobNumber) return false
      if (job.state === 'stopped' || job.isStale || nowMs - current.sinceMs < restopMs) return false
      if (nowMs - (this.restoppedMs.get(job.id) ?? -Infinity) < restopMs) return false
      if (this.restoppedMs.size > maxWorkflows) this.restoppedMs.clear()
      this.restoppedMs.set(job.id, nowMs)
      return true
    })
  }

  isCurrent(workflow: string, jobNumber: string): boolean {
    return this.byWorkflow.get(workflow)?.jobNumber === jobNumber
  }

  sources(workflow: string): { readonly jobNumber: string; readonly sources: readonly string[] } | null {
    const current = this.byWorkflow.get(workflow)
    return current === undefined
      ? null
      : { jobNumber: current.jobNumber, sources: [...current.settings.keys()] }
  }

  all(nowMs: number): readonly LiveGeneration[] {
    return [...this.byWorkflow].map(([workflow, { jobNumber, settings, isOurs, isSeen, sinceMs }]) => ({
      workflow,
      jobNumber,
      settings: Object.fromEntries(settings),
      isPending: isOurs && !isSeen && nowMs - sinceMs < answerMs,
    }))
  }

  private replace(workflow: string, generation: Generation): void {
    this.byWorkflow.delete(workflow)
    this.byWorkflow.set(workflow, generation)
    const oldest = this.byWorkflow.keys().next().value
    if (this.byWorkflow.size > maxWorkflows && oldest !== undefined) this.byWorkflow.delete(oldest)
  }

  private stopSeen({ action, selector }: Extract<Command, { kind: 'control' }>): void {
    if (action !== 'stop') return
    for (const [workflow, { jobNumber, settings, ended }] of this.byWorkflow) {
      if (selector.kind === 'job') {
        if (jobNumber === selector.jobId.job_number) ended.add(selector.jobId.source_name)
      } else if (selector.kind === 'all' || workflow === workflowText(selector.workflow))
        for (const source of settings.keys()) ended.add(source)
    }
  }
}

function hasEnded({ settings, ended }: Generation): boolean {
  return [...settings.keys()].every((source) => ended.has(source))
}

/** A service that was killed says nothing of its jobs; those of the next one count once theirs have been silent for a while. */
function takesOver({ id }: LiveJob, { rivals }: Generation): boolean {
  const times = (rivals.get(id) ?? 0) + 1
  rivals.set(id, times)
  return times >= takeoverStatus
}

function workflowText({ instrument, name, version }: WorkflowId): string {
  return `${instrument}/${name}/${version}`
}
