import type { ConsoleMessage, ManagerReply, PlanProgress, QueueStatus } from '@beamtime/queue-client'
import { listeners } from '../src/listeners.ts'
import type { QueueLink, Reachability } from '../src/queue/queue-link.ts'

export interface FakeLink extends QueueLink {
  readonly calls: { method: string; params: Readonly<Record<string, unknown>> }[]
  answer: (method: string, params: Readonly<Record<string, unknown>>) => ManagerReply
  print(msg: string): void
  setStatus(status: Partial<QueueStatus>): void
  tellProgress(progress: PlanProgress): void
}

export function fakeLink(): FakeLink {
  const status = listeners<QueueStatus>()
  const reach = listeners<Reachability>()
  const printed = listeners<ConsoleMessage>()
  const progress = listeners<PlanProgress>()
  const info = listeners<{ time: number; msg: Readonly<Record<string, unknown>> }>()
  let current: QueueStatus | null = null
  let count = 0
  const link: FakeLink = {
    name: 'main',
    calls: [],
    answer: () => ({ success: true, msg: '' }),
    get status() {
      return current
    },
    reachability: { reachable: true, since: 0, lastSeen: 0 },
    onStatus: (callback) => status.listen(callback),
    onReachability: (callback) => reach.listen(callback),
    onConsole: (callback) => printed.listen(callback),
    onProgress: (callback) => progress.listen(callback),
    onInfo: (callback) => info.listen(callback),
    call: async (method, params = {}) => {
      link.calls.push({ method, params })
      return link.answer(method, params)
    },
    read: (method, params) => link.call(method, params),
    close: async () => undefined,
    print: (msg) => printed.emit({ time: 1, msg }),
    setStatus(change) {
      count += 1
      current = { ...(current ?? baseStatus), status_uid: `s${count}`, ...change }
      status.emit(current)
    },
    tellProgress: (one) => progress.emit(one),
  }
  return link
}

export const baseStatus: QueueStatus = {
  msg: 'RE Manager v0.0.25',
  time: '2026-11-21T03:00:00.000000',
  items_in_queue: 0,
  items_in_history: 0,
  running_item_uid: null,
  manager_state: 'idle',
  queue_stop_pending: false,
  queue_autostart_enabled: false,
  worker_environment_exists: false,
  worker_environment_state: 'closed',
  worker_background_tasks: 0,
  re_state: null,
  ip_kernel_state: null,
  ip_kernel_captured: null,
  pause_pending: false,
  status_uid: 's0',
  run_list_uid: 'r0',
  plan_queue_uid: 'q0',
  plan_history_uid: 'h0',
  devices_existing_uid: 'de0',
  plans_existing_uid: 'pe0',
  devices_allowed_uid: 'da0',
  plans_allowed_uid: 'pa0',
  task_results_uid: 't0',
  lock_info_uid: 'l0',
  plan_queue_mode: { loop: false, ignore_failures: false },
  lock: { environment: false, queue: false },
}
