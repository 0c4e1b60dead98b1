/** The core of a manager with made-up time, ids and worker. */
import type { OperationResult, WorkerOperation, WorkerState } from '@beamtime/worker-host/client'
import type { ManagerAction, ManagerEvent, WorkerAnswer } from '../../src/core/manager-events.ts'
import { createManagerCore, type ManagerCore } from '../../src/core/manager-core.ts'
import type { StoredState } from '../../src/core/store-change.ts'
import { existingDevices, existingPlans } from '../existing-lists.ts'
import { testPermissions } from '../manager-under-test.ts'

const emptyStore: StoredState = { items: [], running: null, history: [], values: {}, links: [] }

export const idleWorker: WorkerState = {
  running_item_uid: null,
  running_plan_completed: false,
  re_report_available: false,
  re_state: 'idle',
  re_deferred_pause_requested: false,
  environment_state: 'idle',
  run_list_updated: false,
  plans_and_devices_list_updated: false,
  running_task_uid: null,
  completed_tasks_available: false,
  background_tasks_num: 0,
  ip_kernel_state: 'disabled',
  ip_kernel_captured: true,
  unexpected_shutdown: false,
  pause_pending: false,
}

export interface CoreUnderTest {
  readonly core: ManagerCore
  /** Everything that the core wanted done so far. */
  readonly actions: ManagerAction[]
  event(event: ManagerEvent): void
  /** The worker greets, as it does on each connection. */
  greet(state: Partial<WorkerState>): void
  /** Answers the oldest open question of that kind. */
  answer<Op extends WorkerOperation>(op: Op, result: OperationResult<Op>): void
  refuse(op: WorkerOperation, reason: string): void
  /** The connection broke before the answer came, and was made again: call `greet` first. */
  lose(op: WorkerOperation): void
  /** Values that the core wanted stored last, by name. */
  stored(): Readonly<Record<string, unknown>>
}

const settings = {
  versionText: '1',
  permissionsReload: 'ON_STARTUP',
  updateLists: 'NEVER',
  emergencyLockKey: '',
  permittedMetadataKeys: ['/'],
  proposals: false,
  announcesRuns: true,
  historyKeepItems: 0,
  autostart: false,
  openEnvironmentOnStart: false,
} as const

/** How a manager starts: beside a living worker, after a crash of its predecessor, on what that one stored. */
export interface CoreStart {
  readonly stored?: Partial<StoredState>
  readonly reattached: boolean
  readonly restarted: boolean
}

export function startCore({ stored, reattached, restarted }: CoreStart): CoreUnderTest {
  let n = 0
  const core = createManagerCore({
    settings,
    ports: {
      newUid: () => `uid-${n++}`,
      nowS: () => 1_000 + n,
      monotonicMs: () => 0,
      isoTime: String,
      lockTime: String,
      hash: (text) => text,
      itemReady: () => undefined,
    },
    stored: { ...emptyStore, ...stored },
    files: {
      permissions: { value: testPermissions },
      lists: { plans: existingPlans, devices: existingDevices },
    },
    reattached,
    restarted,
  })
  const actions: ManagerAction[] = []
  const answered = new Set<number>()
  const event = (next: ManagerEvent): void => void actions.push(...core.step(next))
  event({ kind: 'started', reattached })

  function settle(op: WorkerOperation, answer: WorkerAnswer): void {
    const asked = actions.find(
      (action) => action.kind === 'ask-worker' && action.op === op && !answered.has(action.token),
    )
    if (asked?.kind !== 'ask-worker') throw new Error(`nobody asked for ${op}`)
    answered.add(asked.token)
    event({ kind: 'worker-answer', token: asked.token, answer })
  }

  return {
    core,
    actions,
    event,
    greet(state) {
      event({
        kind: 'worker-event',
        event: {
          event: 'hello',
          protocol: 1,
          pid: 1,
          queue: 'main',
          state: { ...idleWorker, ...state },
          run_list: [],
          lists_uid: 'l',
        },
      })
    },
    answer: (op, result) => settle(op, { ok: true, result }),
    refuse: (op, reason) => settle(op, { ok: false, reason, traceback: '' }),
    lose: (op) => settle(op, { ok: false, reason: 'the connection broke', traceback: '', lost: true }),
    stored() {
      const changes = actions.flatMap((action) => (action.kind === 'store' ? action.changes : []))
      return Object.fromEntries(
        changes.flatMap((change) => (change.kind === 'set-value' ? [[change.name, change.value]] : [])),
      )
    },
  }
}
