import { setExistingLists, updateAllowedLists, workerPermissions } from './lists.ts'
import type { Manager } from './manager.ts'
import { finishPlan, loseRunningPlan } from './queue-runner.ts'

const closeMs = 30_000
const dismissMs = 5_000

export function openEnvironment(m: Manager): void {
  m.log('Opening the new RE environment ...')
  m.startupError = null
  m.worker.listsSeen = false
  m.awaitsLists = false
  m.transition('open-environment')
  m.log('Loading RE Worker startup code ...', 'info', 'worker')
  m.act({ kind: 'spawn-worker', permissions: workerPermissions(m) })
}

export function closeEnvironment(m: Manager): void {
  m.log('Closing the RE environment ...')
  m.transition('close-environment')
  m.startTimer('close-environment', closeMs)
  m.ask({
    op: 'command_close_env',
    params: {},
    timeoutMs: closeMs,
    onAnswer: () => undefined,
    onRefusal: (reason, _traceback, lost) => {
      // It closes, and only its word got lost: its state says how far it is, and the timer ends what does not end.
      if (lost && m.state === 'closing_environment' && m.worker.state?.environment_state !== 'idle') return
      m.log(`Failed to close the RE environment: ${reason}`, 'error')
      m.stopTimer('close-environment')
      if (m.state === 'closing_environment') m.transition('environment-settled')
    },
  })
}

export function destroyEnvironment(m: Manager): void {
  m.log('Destroying the RE environment ...')
  m.transition('destroy-environment')
  m.act({ kind: 'kill-worker' })
}

/** The worker reached its end by itself and waits for leave to exit. */
export function dismissWorker(m: Manager): void {
  m.startTimer('dismiss-worker', dismissMs)
  m.tell('command_confirm_exit', {})
}

/** The startup code is loaded. The environment counts as open once its lists are known. */
export function environmentLoaded(m: Manager): void {
  if (m.worker.listsSeen) return environmentReady(m)
  if (m.awaitsLists) return
  m.awaitsLists = true
  m.ask({
    op: 'request_plans_and_devices_list',
    params: {},
    timeoutMs: 60_000,
    onAnswer: (lists) => {
      takeLists(m, { plans: lists.existing_plans, devices: lists.existing_devices })
      if (m.state === 'creating_environment') environmentReady(m)
    },
    onRefusal: (reason) => {
      m.log(`RE Worker gave no lists of plans and devices: ${reason}`, 'error')
      if (m.state === 'creating_environment') environmentReady(m)
    },
  })
}

function environmentReady(m: Manager): void {
  m.awaitsLists = false
  m.worker.exists = true
  m.transition('environment-settled')
}

/** Lists of the worker: keeps them, tells the worker who may use what, and has the file written where that is wanted. */
export function takeLists(m: Manager, lists: Manager['existing']): void {
  const first = !m.worker.listsSeen
  m.worker.listsSeen = true
  const changed = setExistingLists(m, lists)
  const counts = `${Object.keys(lists.plans).length} plans, ${Object.keys(lists.devices).length} devices`
  m.log(`Lists of existing plans and devices: ${counts}`, 'info', 'profile_ops')
  if (changed) updateAllowedLists(m)
  if (changed || first) m.tell('command_permissions_reload', workerPermissions(m))
  const { updateLists } = m.settings
  const opening = first && m.state === 'creating_environment'
  if ((opening && updateLists === 'ENVIRONMENT_OPEN') || updateLists === 'ALWAYS') {
    m.act({ kind: 'write-lists', plans: m.existing.plans, devices: m.existing.devices })
  }
  m.snapshot()
}

/** The worker's process is gone: as ordered, at startup, or out of the blue. */
export function workerGone(m: Manager, reason: string): void {
  m.stopTimer('close-environment')
  m.stopTimer('dismiss-worker')
  const { state } = m
  if (state === 'creating_environment') noteFailedStartup(m, reason)
  else if (state !== 'closing_environment' && state !== 'destroying_environment' && !m.shuttingDown) {
    m.log(`RE Worker process terminated unexpectedly: ${reason}`, 'error')
  }
  settleRunningPlan(m)
  m.worker.connected = false
  m.worker.exists = false
  m.worker.state = null
  m.worker.listsSeen = false
  m.tasks.forgetRunning()
  m.finalReport = null
  m.setStopPending(false)
  if (m.runList.length > 0) {
    m.runList = []
    m.renew('run_list_uid')
  }
  m.snapshot()
  const orderly = m.state === 'closing_environment' || m.state === 'destroying_environment'
  if (m.state !== 'idle')
    m.transition(orderly || state === 'creating_environment' ? 'environment-settled' : 'worker-lost')
}

/** A report that arrived in time counts; else the plan is lost and goes back to the queue. */
function settleRunningPlan(m: Manager): void {
  const { finalReport, queue } = m
  if (queue.running === null) return
  if (finalReport?.item_uid === queue.running.item_uid && m.state === 'executing_queue') {
    m.worker.exists = false
    m.stopPending = true // nothing may be started in a worker that is gone
    finishPlan(m, finalReport)
    m.stopPending = false
    return
  }
  const destroyed = m.state === 'destroying_environment' || m.shuttingDown
  loseRunningPlan(
    m,
    destroyed ? 'RE Worker environment was destroyed' : 'RE Worker process terminated unexpectedly',
  )
}

function noteFailedStartup(m: Manager, reason: string): void {
  m.log(`Failed to start RE Worker environment: ${m.startupError?.msg ?? reason}`, 'error')
  m.startupError ??= { msg: reason, traceback: '', time: m.ports.nowS() }
}
