import type { NamedDocument } from '@beamtime/event-model'
import type { PlanReport, PlanToRun, RunListEntry } from '../protocol.ts'
import type { PlanOutcome } from '../worker-engine.ts'
import { createProgressMeter, type Progress } from './progress-meter.ts'
import { rejected } from './rejected.ts'
import { createRunList } from './run-list.ts'

/** The item that runs, its runs, progress and report. */
export interface PlanSession {
  readonly itemUid: string | null
  /** A plan has started and not ended; true while paused. */
  readonly isActive: boolean
  readonly report: PlanReport | null
  readonly runs: readonly RunListEntry[]
  /** Throws WORKER_REJECTED while a plan is active or its report was not acknowledged. */
  begin(plan: PlanToRun): void
  /** The plan could not be started: nothing has happened. */
  cancel(): void
  observe(document: NamedDocument): void
  devices(progress: Progress['devices']): void
  paused(): PlanReport
  /** The plan goes on: the report of its pause is void. */
  resumed(): void
  ended(outcome: PlanOutcome): PlanReport
  clearRuns(): void
  acknowledge(itemUid: string): boolean
  reset(): void
}

export function createPlanSession(options: {
  onRuns(runs: readonly RunListEntry[]): void
  onProgress(itemUid: string, startedS: number, progress: Progress): void
}): PlanSession {
  const runs = createRunList()
  let itemUid: string | null = null
  let isActive = false
  let startedS = 0
  let report: PlanReport | null = null
  const meter = createProgressMeter((progress) => {
    if (itemUid !== null) options.onProgress(itemUid, startedS, progress)
  })

  function makeReport(
    part: Pick<PlanReport, 'plan_state' | 'success' | 'err_msg' | 'traceback' | 'stop_queue'>,
  ): PlanReport {
    return {
      item_uid: itemUid ?? '',
      ...part,
      uids: runs.entries.map((run) => run.uid),
      scan_ids: runs.entries.map((run) => run.scan_id),
      time_start: startedS,
      time_stop: Date.now() / 1000,
    }
  }

  return {
    get itemUid() {
      return itemUid
    },
    get isActive() {
      return isActive
    },
    get report() {
      return report
    },
    get runs() {
      return runs.entries
    },
    begin(plan) {
      if (isActive) throw rejected('A plan is already running.')
      if (report !== null) throw rejected('The report of the previous plan has not been acknowledged.')
      itemUid = plan.item_uid
      isActive = true
      startedS = Date.now() / 1000
      if (runs.clear()) options.onRuns([])
      meter.begin()
    },
    cancel() {
      meter.end()
      isActive = false
      itemUid = null
    },
    observe(document) {
      if (runs.observe(document)) options.onRuns(runs.entries)
      meter.observe(document)
    },
    devices(progress) {
      meter.devices(progress)
    },
    paused() {
      report = makeReport({
        plan_state: 'paused',
        success: true,
        err_msg: '',
        traceback: '',
        stop_queue: false,
      })
      return report
    },
    ended(outcome) {
      meter.end()
      isActive = false
      const { state, returnValue } = outcome
      report = {
        ...makeReport({
          plan_state: state,
          success: state === 'completed' || state === 'stopped',
          err_msg: state === 'failed' ? `Plan failed: ${outcome.error}` : '',
          traceback: outcome.traceback,
          stop_queue: state !== 'completed',
        }),
        ...(returnValue === undefined ? {} : { return_value: returnValue }),
      }
      return report
    },
    clearRuns() {
      if (runs.clear()) options.onRuns([])
    },
    resumed() {
      if (report?.plan_state === 'paused') report = null
    },
    acknowledge(uid) {
      if (report?.item_uid !== uid) return false
      report = null
      if (!isActive) itemUid = null
      return true
    },
    reset() {
      report = null
      itemUid = null
      if (runs.clear()) options.onRuns([])
    },
  }
}
