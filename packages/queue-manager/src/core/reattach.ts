import type { PlanReport, RunningTask, TaskResult } from '@beamtime/worker-host/client'
import { dismissWorker, takeLists } from './environment.ts'
import type { Manager } from './manager.ts'
import { closeUnknownPlan, finishPlan, startPlanAnew } from './queue-runner.ts'

interface Found {
  readonly report: PlanReport | null
  readonly results: readonly TaskResult[]
  readonly running: readonly RunningTask[]
}

/** A manager that starts beside a living worker takes over where its predecessor was (queueserver contract, 16). */
export function resumeAfterRestart(m: Manager): void {
  m.log('RE Worker is found running: the manager is connected to it again.')
  const environment = m.worker.state?.environment_state
  if (environment === 'initializing') return m.transition('open-environment')
  if (
    environment === 'failed' ||
    environment === 'closing' ||
    environment === 'closed' ||
    environment === undefined
  ) {
    m.transition('close-environment')
    return dismissWorker(m)
  }
  m.worker.exists = true
  m.ask({
    op: 'request_plans_and_devices_list',
    params: {},
    timeoutMs: 60_000,
    onAnswer: (lists) => takeLists(m, { plans: lists.existing_plans, devices: lists.existing_devices }),
    onRefusal: (reason) => m.log(`RE Worker gave no lists of plans and devices: ${reason}`, 'error'),
  })
  m.ask({
    op: 'request_task_results',
    params: {},
    onAnswer: ({ task_results, running }) => askReport(m, { results: task_results, running }),
    onRefusal: () => askReport(m, { results: [], running: [] }),
  })
}

function askReport(m: Manager, tasks: Omit<Found, 'report'>): void {
  m.ask({
    op: 'request_plan_report',
    params: {},
    onAnswer: (report) => takeOver(m, { ...tasks, report }),
    onRefusal: () => takeOver(m, { ...tasks, report: null }),
  })
}

function takeOver(m: Manager, found: Found): void {
  if (m.state !== 'initializing') return
  takeTasks(m, found)
  const { running } = m.queue
  if (m.tasks.foreground !== null) {
    closeUnknownPlan(m)
    return m.transition('ready-with-task')
  }
  if (running === null) return m.transition('ready')
  const { report } = found
  const mine = report !== null && report.item_uid === running.item_uid ? report : null
  if (mine !== null && mine.plan_state !== 'paused')
    return finishReported(m, { ...mine, plan_state: mine.plan_state })
  if (mine !== null) m.tell('ack_report', { item_uid: mine.item_uid })
  followRunningPlan(m, running.item_uid)
}

function followRunningPlan(m: Manager, itemUid: string): void {
  const { state } = m.worker
  // A worker keeps the report of what it ran until it is told to forget it: this item never came to it.
  if (state?.running_item_uid !== itemUid) return startPlanAnew(m)
  m.pausePending = state?.pause_pending === true && state.re_state !== 'paused'
  m.transition(state?.re_state === 'paused' ? 'ready-paused' : 'ready-with-plan')
}

function finishReported(m: Manager, report: Parameters<typeof finishPlan>[1]): void {
  m.transition('ready-with-plan')
  m.pausePending = m.worker.state?.pause_pending === true
  finishPlan(m, report)
}

function takeTasks(m: Manager, { results, running }: Omit<Found, 'report'>): void {
  for (const task of running) m.tasks.begin(task)
  for (const result of results) m.tasks.complete(result, m.ports.nowS())
  if (results.length === 0) return
  m.renew('task_results_uid')
  m.tell('ack_tasks', { task_uids: results.map((result) => result.task_uid) })
}
