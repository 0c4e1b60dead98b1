import { pyRepr } from '@beamtime/python-notation'
import type { PlanReport, TaskResult, WorkerEvent, WorkerState } from '@beamtime/worker-host/client'
import { dismissWorker, environmentLoaded, takeLists } from './environment.ts'
import type { FinalReport, Manager } from './manager.ts'
import { isEqualJson } from './plain-object.ts'
import { finishPlan, startAbsentPlan } from './queue-runner.ts'
import { resumeAfterRestart } from './reattach.ts'

export function workerEvent(m: Manager, event: WorkerEvent): void {
  switch (event.event) {
    case 'hello':
      return greeted(m, event)
    case 'state':
      return workerState(m, event.state)
    case 'run_list':
      return runListChanged(m, event.run_list)
    case 'lists':
      return takeLists(m, { plans: event.existing_plans, devices: event.existing_devices })
    case 'plan_report':
      return planReport(m, event.report)
    case 'task_completed':
      return taskCompleted(m, event.result)
    case 'console':
      return m.act({ kind: 'console', time: event.time, msg: event.msg })
    case 'progress': {
      const { event: _name, ...progress } = event
      return m.act({ kind: 'publish-progress', progress: { progress } })
    }
    case 'input':
      m.log(`The plan asks for input: ${event.prompt}`)
      return m.act({
        kind: 'publish-progress',
        progress: { input: { prompt: event.prompt, item_uid: event.item_uid } },
      })
    case 'startup_failed':
      m.log(
        `Failed to start RE Worker environment. Error while loading startup code: ${event.msg}\n${event.traceback}`,
        'error',
      )
      m.startupError = { msg: event.msg, traceback: event.traceback, time: m.ports.nowS() }
      return
    case 'sink':
      return m.log(
        event.ok
          ? 'Documents go to the bus.'
          : `The bus does not take documents (${event.detail}): ${event.spooled} wait on disk.`,
        event.ok ? 'info' : 'warn',
      )
  }
}

function greeted(m: Manager, hello: Extract<WorkerEvent, { event: 'hello' }>): void {
  m.worker.connected = true
  runListChanged(m, hello.run_list)
  if (m.state === 'initializing') {
    m.worker.state = hello.state
    return resumeAfterRestart(m)
  }
  workerState(m, hello.state)
  if (m.state === 'creating_environment') return
  // The connection was lost and came back: collect what was said meanwhile.
  m.ask({
    op: 'request_plan_report',
    params: {},
    onAnswer: (report) => {
      if (report !== null) planReport(m, report)
    },
    onRefusal: (reason) => m.log(`RE Worker gave no report: ${reason}`, 'warn'),
  })
  m.ask({
    op: 'request_task_results',
    params: {},
    onAnswer: ({ task_results }) => task_results.forEach((result) => taskCompleted(m, result)),
    onRefusal: (reason) => m.log(`RE Worker gave no task results: ${reason}`, 'warn'),
  })
}

function workerState(m: Manager, state: WorkerState): void {
  m.worker.state = state
  const { environment_state: environment } = state
  // A plan that resumed or was stopped from inside the worker; a pause ends with a report.
  if (m.pausePending && state.re_state === 'paused') m.pausePending = false
  m.snapshot()
  if (m.state === 'creating_environment' && environment === 'idle') environmentLoaded(m)
  if (m.state === 'closing_environment' && environment === 'closed') dismissWorker(m)
  if (m.state === 'creating_environment' && (environment === 'failed' || environment === 'closed'))
    dismissWorker(m)
  settleReport(m)
  startAbsentPlan(m)
}

function runListChanged(m: Manager, runs: Manager['runList']): void {
  if (isEqualJson(m.runList, runs)) return
  if (m.settings.announcesRuns) logRuns(m, runs)
  m.runList = runs
  m.renew('run_list_uid')
  m.snapshot()
}

function logRuns(m: Manager, runs: Manager['runList']): void {
  const before = new Map(m.runList.map((run) => [run.uid, run.is_open]))
  for (const { uid, is_open: isOpen } of runs) {
    if (!before.has(uid)) m.log(`New run was open: '${uid}'`, 'info', 'plan_monitoring')
    if (!isOpen && before.get(uid) !== false) m.log(`Run was closed: '${uid}'`, 'info', 'plan_monitoring')
  }
}

function planReport(m: Manager, report: PlanReport): void {
  if (m.queue.running?.item_uid !== report.item_uid) {
    // Nobody waits for it: the item was closed by another way.
    m.tell('ack_report', { item_uid: report.item_uid })
    return
  }
  if (isFinal(report)) {
    m.finalReport = report
    if (isBusy(m)) refreshState(m)
    return settleReport(m)
  }
  m.tell('ack_report', { item_uid: report.item_uid })
  m.pausePending = false
  if (m.state === 'executing_queue') {
    m.log('The plan is paused.')
    m.transition('plan-paused')
  }
}

function isFinal(report: PlanReport): report is FinalReport {
  return report.plan_state !== 'paused'
}

function isBusy(m: Manager): boolean {
  return m.worker.state?.environment_state === 'executing_plan'
}

/** Clients see the worker idle before the plan enters history, so a report waits for that state. */
function settleReport(m: Manager): void {
  const { finalReport } = m
  if (finalReport === null || isBusy(m)) return
  // While the environment is destroyed, the end of the worker settles the plan.
  if (m.state !== 'executing_queue' && m.state !== 'paused') return
  if (m.state === 'paused') m.transition('plan-continued')
  finishPlan(m, finalReport)
}

function refreshState(m: Manager): void {
  m.ask({
    op: 'request_state',
    params: {},
    onAnswer: (state) => workerState(m, state),
    onRefusal: (reason) => m.log(`RE Worker gave no state: ${reason}`, 'warn'),
  })
}

function taskCompleted(m: Manager, result: TaskResult): void {
  const foreground = m.tasks.foreground?.task_uid === result.task_uid
  m.tasks.complete(result, m.ports.nowS())
  m.renew('task_results_uid')
  m.tell('ack_tasks', { task_uids: [result.task_uid] })
  m.log(
    `Task '${result.task_uid}' is completed: success=${pyRepr(result.success)}${result.success ? '' : `. ${result.msg}`}`,
  )
  m.snapshot()
  if (foreground && m.state === 'executing_task') m.transition('task-finished')
}
