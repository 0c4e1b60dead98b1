import { pyRepr } from '@beamtime/python-notation'
import {
  historyEntry,
  runningItem,
  runningProperties,
  withoutInternals,
  withUid,
  type ExitStatus,
  type ItemResult,
  type QueueItem,
} from './item.ts'
import type { FinalReport, Manager } from './manager.ts'
import { isPlainObject } from './plain-object.ts'
import { itemForWorker, validateQueueItem } from './validate-item.ts'

export interface QueueStart {
  /** Run this item beside the queue. */
  readonly immediate?: QueueItem
  /** Called when clients can see that the queue starts, before anything else happens. */
  readonly onStarting?: () => void
}

/** Begins to work through the queue, or runs one item beside it. The caller has checked that this is possible. */
export function startQueue(m: Manager, { immediate, onStarting }: QueueStart = {}): void {
  m.log('Starting queue processing ...')
  m.transition('start-queue')
  onStarting?.()
  if (immediate === undefined) processNext(m)
  else runItem(m, immediate, true)
}

/** Starts the queue where autostart is on and everything is ready; called after anything that could make it so. */
export function autostartQueue(m: Manager): void {
  if (!m.autostart || m.shuttingDown || m.state !== 'idle' || m.queue.size === 0) return
  if (!m.worker.exists || m.worker.state?.re_state !== 'idle') return
  if (m.worker.state.environment_state !== 'idle') return
  m.log('Autostart: starting the queue')
  startQueue(m)
}

/** queueserver contract, 6.3. */
function processNext(m: Manager): void {
  if (m.shuttingDown) return finishQueue(m, 'RE Manager is shutting down: the queue is stopped.')
  if (m.stopPending) {
    m.setAutostart(false)
    return finishQueue(m, 'Queue is stopped.')
  }
  if (m.queue.size === 0) return finishQueue(m, 'Queue is empty.')
  if (isWorkerEnding(m)) return finishQueue(m, 'RE Worker is closing: the queue is stopped.')
  if (m.pausePending)
    return finishQueue(m, 'No checkpoint was reached before the plan ended: the queue is stopped.')
  m.log('Processing the next queue item: ' + `${m.queue.size} plans are left in the queue.`)
  const item = m.queue.takeFirst()
  if (item !== null) runItem(m, item, false)
}

function finishQueue(m: Manager, text: string): void {
  m.log(text)
  m.setStopPending(false)
  m.transition('queue-finished')
}

function runItem(m: Manager, item: QueueItem, immediate: boolean): void {
  if (item['item_type'] === 'instruction') return runInstruction(m, item, immediate)
  const running = runningItem(item, m.ports.nowS(), immediate)
  m.queue.setRunning(running)
  m.planAsked = running.item_uid
  m.renew('plan_queue_uid')
  m.snapshot()
  m.log(`Starting the plan:\n${pyRepr({ name: item['name'], item_uid: item.item_uid })}.`)
  m.ask({
    op: 'command_reset_worker',
    params: {},
    onAnswer: () => sendPlan(m, running),
    onRefusal: (reason, _traceback, lost) => {
      if (!isUnderWay(m, running)) return
      if (lost && m.worker.connected) return sendPlan(m, running)
      m.log(`Failed to reset RE Worker: ${reason}`, 'error')
      m.queue.setRunning(null)
      if (!immediate) m.queue.pushFront(item)
      m.renew('plan_queue_uid')
      m.setAutostart(false)
      finishQueue(m, 'Queue is stopped.')
    },
  })
}

/** Somebody ends the worker from outside, as at the end of the whole platform: it takes nothing any more. */
export function isWorkerEnding(m: Manager): boolean {
  return m.worker.state?.environment_state === 'closing'
}

/** It did not begin, and that is no fault of the plan. */
function leaveInQueue(m: Manager, running: QueueItem): void {
  m.queue.setRunning(null)
  m.queue.pushFront(withoutInternals(running))
  m.renew('plan_queue_uid')
  finishQueue(m, 'RE Worker is closing: the queue is stopped.')
}

/** False once the item was closed, or the environment is being destroyed: then the end of the worker settles it. */
function isUnderWay(m: Manager, running: QueueItem): boolean {
  const runs = m.state === 'starting_queue' || m.state === 'executing_queue'
  return runs && m.queue.running?.item_uid === running.item_uid
}

/** The only instruction is queue_stop. It never enters history. */
function runInstruction(m: Manager, item: QueueItem, immediate: boolean): void {
  if (!immediate) {
    if (m.mode.loop) m.queue.pushBack(withUid(item, m.ports.newUid()))
    m.renew('plan_queue_uid')
    m.setAutostart(false)
  }
  finishQueue(m, `Instruction '${String(item['name'])}': the queue is stopped.`)
}

function sendPlan(m: Manager, running: QueueItem): void {
  if (!isUnderWay(m, running)) return
  const problem = validateQueueItem(m, running)
  if (problem !== null) return refusePlan(m, problem)
  m.transition('plan-started')
  const { name, args, kwargs, meta, user, user_group } = itemForWorker(m, running)
  m.ask({
    op: 'command_run_plan',
    params: {
      plan: {
        name: String(name),
        item_uid: running.item_uid,
        ...(Array.isArray(args) ? { args } : {}),
        ...(isPlainObject(kwargs) ? { kwargs } : {}),
        ...(isPlainObject(meta) ? { meta } : {}),
        ...(Array.isArray(meta) ? { meta: meta.filter(isPlainObject) } : {}),
        ...(typeof user === 'string' ? { user } : {}),
        ...(typeof user_group === 'string' ? { user_group } : {}),
      },
    },
    timeoutMs: 60_000,
    onAnswer: () => {
      if (m.planAsked === running.item_uid) m.planAsked = null
    },
    onRefusal: (reason, _traceback, lost) => {
      if (m.planAsked === running.item_uid) m.planAsked = null
      if (!isUnderWay(m, running)) return
      // The worker greeted again before it was given up: its state says whether the plan came to it.
      if (lost && m.worker.connected) return startAbsentPlan(m)
      if (isWorkerEnding(m) && !runningProperties(running).immediate) leaveInQueue(m, running)
      else refusePlan(m, reason)
    },
  })
}

function refusePlan(m: Manager, reason: string): void {
  const now = m.ports.nowS()
  m.log(`Failed to start the plan: ${reason}`, 'error')
  closeRunningItem(m, {
    exit_status: 'failed',
    run_uids: [],
    scan_ids: [],
    time_start: m.queue.running === null ? now : (runningProperties(m.queue.running).timeStart ?? now),
    time_stop: now,
    msg: `Plan failed: Error occurred while processing plan parameters or starting the plan: ${reason}`,
    traceback: '',
  })
  m.setAutostart(false)
  finishQueue(m, 'Queue is stopped.')
}

/** What happens to the item and to the queue. `front`: back to the front with a new uid. `round`: in loop mode, to the back. */
const outcomes: Readonly<Record<ExitStatus, { readonly item: 'front' | 'round'; readonly stops: boolean }>> =
  {
    completed: { item: 'round', stops: false },
    failed: { item: 'front', stops: true },
    stopped: { item: 'round', stops: true },
    aborted: { item: 'front', stops: true },
    halted: { item: 'front', stops: true },
    unknown: { item: 'round', stops: false },
  }

/** The worker reported the end of the running plan and is ready again. */
export function finishPlan(m: Manager, report: FinalReport): void {
  const { running } = m.queue
  m.finalReport = null
  // A report that came twice is of an item that is closed already, and says nothing of the one that runs now.
  if (running?.item_uid !== report.item_uid) return
  const { immediate } = runningProperties(running)
  closeRunningItem(m, resultOf(report))
  m.tell('ack_report', { item_uid: report.item_uid })
  logOutcome(m, report, running)
  if (m.runList.length > 0) {
    m.runList = []
    m.renew('run_list_uid')
  }
  const forgiven = report.plan_state === 'failed' && m.mode.ignore_failures
  const stops = !forgiven && (report.stop_queue || outcomes[report.plan_state].stops)
  m.snapshot()
  if (stops) m.setAutostart(false)
  if (stops) finishQueue(m, 'Queue is stopped.')
  else if (immediate) finishQueue(m, 'The item is finished.')
  else processNext(m)
}

function logOutcome(m: Manager, report: FinalReport, item: QueueItem): void {
  if (report.plan_state === 'failed') m.log(`The plan failed: ${report.err_msg}`, 'error')
  else m.log(`Item '${item.item_uid}' (${String(item['name'])}): ${report.plan_state}`)
}

function resultOf(report: FinalReport): ItemResult {
  return {
    exit_status: report.plan_state,
    run_uids: report.uids,
    scan_ids: report.scan_ids,
    time_start: report.time_start,
    time_stop: report.time_stop,
    msg: report.plan_state === 'failed' ? failureText(report.err_msg) : report.err_msg,
    traceback: report.traceback,
    ...(report.return_value === undefined ? {} : { return_value: report.return_value }),
  }
}

function failureText(text: string): string {
  return text.startsWith('Plan failed') ? text : `Plan failed: ${text}`
}

/** The worker is gone, with whatever it ran. */
export function loseRunningPlan(m: Manager, msg: string): void {
  const { running } = m.queue
  if (running === null) return
  const now = m.ports.nowS()
  const runs = m.runList
  closeRunningItem(m, {
    exit_status: 'failed',
    run_uids: runs.map((run) => run.uid),
    scan_ids: runs.map((run) => run.scan_id),
    time_start: runningProperties(running).timeStart ?? now,
    time_stop: now,
    msg,
    traceback: '',
  })
}

/** A restarted manager finds that the running item ended and nobody knows how. */
export function closeUnknownPlan(m: Manager): void {
  const { running } = m.queue
  if (running === null) return
  const now = m.ports.nowS()
  closeRunningItem(m, {
    exit_status: 'unknown',
    run_uids: [],
    scan_ids: [],
    time_start: runningProperties(running).timeStart ?? now,
    time_stop: now,
    msg: 'Plan exit status was lost due to restart of the RE Manager process',
    traceback: '',
  })
}

/** A restarted manager finds that the item which its predecessor took never began: it is taken once more. */
export function startPlanAnew(m: Manager): void {
  const { running } = m.queue
  if (running === null) return
  const { immediate } = runningProperties(running)
  const item = withoutInternals(running)
  m.queue.setRunning(null)
  if (!immediate) m.queue.pushFront(item)
  m.renew('plan_queue_uid')
  m.transition(m.state === 'initializing' ? 'ready' : 'queue-finished')
  startQueue(m, immediate ? { immediate: item } : {})
}

/**
 * The running plan is not in the worker, which neither reports on it nor was just asked for it: its command or the
 * refusal of it went down with a connection or with the last manager. Nobody else would ever say so.
 */
export function startAbsentPlan(m: Manager): void {
  const { state } = m.worker
  const uid = m.queue.running?.item_uid
  if (uid === undefined || m.state !== 'executing_queue' || m.planAsked === uid || m.finalReport !== null)
    return
  if (state?.environment_state !== 'idle' || state.running_item_uid === uid) return
  m.log('RE Worker does not have the running plan: it is started again.', 'warn')
  startPlanAnew(m)
}

/** Moves the running item into history and, where the outcome asks for it, back to the queue. One durable step. */
function closeRunningItem(m: Manager, result: ItemResult): void {
  const { running } = m.queue
  if (running === null) return
  const entry = historyEntry(running, result)
  m.history.push(entry)
  m.record({ kind: 'append-history', entry })
  trimHistory(m)
  m.queue.setRunning(null)
  const { immediate } = runningProperties(running)
  const forgiven = result.exit_status === 'failed' && m.mode.ignore_failures && !isLoss(result)
  const back = outcomes[result.exit_status].item === 'front' && !forgiven
  if (!immediate && back) requeue(m, { ...withoutInternals(running), result }, 'front')
  else if (!immediate && m.mode.loop) requeue(m, withoutResult(running), 'back')
  m.renew('plan_queue_uid', 'plan_history_uid')
}

/** A lost worker is no failure of the plan, so `ignore_failures` does not drop the item. */
function isLoss(result: ItemResult): boolean {
  return result.msg.startsWith('RE Worker ')
}

function withoutResult(item: QueueItem): QueueItem {
  const { result: _result, ...rest } = withoutInternals(item)
  return rest
}

const maxLinks = 10_000

function requeue(m: Manager, item: QueueItem, end: 'front' | 'back'): void {
  const next = withUid(item, m.ports.newUid())
  if (end === 'front') m.queue.pushFront(next)
  else m.queue.pushBack(next)
  m.links.set(item.item_uid, next.item_uid)
  m.record({ kind: 'link-items', from: item.item_uid, to: next.item_uid })
  const [oldest] = m.links.keys()
  if (m.links.size > maxLinks && oldest !== undefined) m.links.delete(oldest)
}

function trimHistory(m: Manager): void {
  const keep = m.settings.historyKeepItems
  const surplus = keep === 0 ? 0 : m.history.length - keep
  if (surplus <= 0) return
  m.history = m.history.slice(surplus)
  m.record({ kind: 'drop-oldest-history', count: surplus })
}
