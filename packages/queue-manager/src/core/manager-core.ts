import { createDispatcher } from './dispatch.ts'
import { openEnvironment, workerGone } from './environment.ts'
import { JobRunner } from './jobs.ts'
import { setExistingLists, setPermissions, updateAllowedLists } from './lists.ts'
import type { ManagerAction, ManagerEvent, ProfileFiles, TimerName } from './manager-events.ts'
import { Manager, type ManagerPorts, type ManagerSettings } from './manager.ts'
import type { MethodTable } from './method.ts'
import { batchMethods } from './methods/batch-methods.ts'
import { engineMethods } from './methods/engine-methods.ts'
import { environmentMethods } from './methods/environment-methods.ts'
import { itemMethods } from './methods/item-methods.ts'
import { listMethods } from './methods/list-methods.ts'
import { lockMethods } from './methods/lock-methods.ts'
import { managerMethods } from './methods/manager-methods.ts'
import { proposalMethods } from './methods/proposal-methods.ts'
import { queueMethods } from './methods/queue-methods.ts'
import { taskMethods } from './methods/task-methods.ts'
import { autostartQueue, loseRunningPlan } from './queue-runner.ts'
import type { StatusObject } from './status.ts'
import type { StoredState } from './store-change.ts'
import { workerEvent } from './worker-events.ts'

export interface ManagerCore {
  /** Takes one event and returns what is to be done, in order. */
  step(event: ManagerEvent): readonly ManagerAction[]
  readonly status: StatusObject
}

export interface ManagerCoreOptions {
  readonly settings: ManagerSettings
  readonly ports: ManagerPorts
  readonly stored: StoredState
  readonly files: ProfileFiles
  /** A worker of this queue is alive. */
  readonly reattached: boolean
  /** This manager follows one that crashed. */
  readonly restarted: boolean
}

/** The queue manager without input and output. */
export function createManagerCore(options: ManagerCoreOptions): ManagerCore {
  const m = new Manager(options)
  const jobs = new JobRunner(m)
  const methods: MethodTable = {
    ...managerMethods,
    ...listMethods,
    ...queueMethods,
    ...itemMethods,
    ...batchMethods((job) => jobs.start(job)),
    ...environmentMethods,
    ...engineMethods,
    ...taskMethods,
    ...lockMethods,
    ...proposalMethods,
  }
  const dispatcher = createDispatcher(m, methods)

  function handle(event: ManagerEvent): void {
    switch (event.kind) {
      case 'started':
        return started(m, options)
      case 'request':
        return dispatcher.request(event.id, event.body)
      case 'worker-event':
        return workerEvent(m, event.event)
      case 'worker-answer':
        return m.answered(event.token, event.answer)
      case 'worker-gone':
        return workerGone(m, event.reason)
      case 'files-read':
        return m.filesRead(event.token, event.files)
      case 'lists-made':
        return listsMade(m, event)
      case 'continue':
        return jobs.proceed()
      case 'shutting-down':
        m.shuttingDown = true
        return
      case 'timer':
        return timer(m, event.name)
    }
  }

  return {
    step(event) {
      handle(event)
      autostartQueue(m)
      m.snapshot()
      return m.takeActions()
    },
    get status() {
      return m.status
    },
  }
}

function started(m: Manager, { files, reattached }: ManagerCoreOptions): void {
  if ('problem' in files.permissions) m.log(`User group permissions: ${files.permissions.problem}`, 'warn')
  // What is in force is stored, also where the file gave nothing: a manager that follows a crash goes by it.
  setPermissions(m, m.permissions)
  if ('problem' in files.lists) m.log(`Lists of existing plans and devices: ${files.lists.problem}`, 'warn')
  updateAllowedLists(m, true)
  if (reattached) return
  // Stored also where nothing changes: what an earlier manager left in the store would come back after a crash.
  m.store('autostart_mode_info', { enabled: m.autostart })
  m.store('stop_pending_info', { enabled: m.stopPending })
  // What ran when the manager and its worker ended together did not come to an end.
  loseRunningPlan(m, 'RE Worker process terminated unexpectedly')
  m.transition('ready')
  if (m.settings.openEnvironmentOnStart) openEnvironment(m)
}

function listsMade(m: Manager, lists: Manager['existing']): void {
  if (m.worker.listsSeen || !setExistingLists(m, lists)) return
  updateAllowedLists(m)
  m.act({ kind: 'write-lists', plans: lists.plans, devices: lists.devices })
}

function timer(m: Manager, name: TimerName): void {
  switch (name) {
    case 'close-environment':
      m.log('RE Worker does not close in time and is ended.', 'error')
      return m.act({ kind: 'kill-worker' })
    case 'dismiss-worker':
      m.log('RE Worker does not exit and is ended.', 'warn')
      return m.act({ kind: 'kill-worker' })
  }
}
