import type { Metrics } from '@beamtime/service-kit'
import type { StatusObject } from './core/status.ts'

const managerStates = [
  'initializing',
  'idle',
  'paused',
  'creating_environment',
  'starting_queue',
  'executing_queue',
  'executing_task',
  'closing_environment',
  'destroying_environment',
] as const

export interface ManagerMetrics {
  request(method: string, ok: boolean): void
  workerEnded(reason: 'closed' | 'killed' | 'crashed'): void
}

/** Registers the queue's metrics; gauges are read from the status when they are collected. */
export function managerMetrics(metrics: Metrics, queue: string, status: () => StatusObject): ManagerMetrics {
  const items = metrics.gauge('beamtime_queue_items', 'Items in the queue', ['queue'])
  const history = metrics.gauge('beamtime_queue_history_items', 'Items in the history', ['queue'])
  const state = metrics.gauge('beamtime_manager_state', '1 for the state of the manager', ['queue', 'state'])
  const open = metrics.gauge('beamtime_environment_open', '1 while the worker environment is open', ['queue'])
  const requests = metrics.counter('beamtime_zmq_requests_total', 'Requests on the control socket', [
    'queue',
    'method',
    'result',
  ])
  const restarts = metrics.counter('beamtime_worker_restarts_total', 'Ends of worker processes', [
    'queue',
    'reason',
  ])
  metrics.onCollect(() => {
    const now = status()
    items.set({ queue }, now.items_in_queue)
    history.set({ queue }, now.items_in_history)
    open.set({ queue }, now.worker_environment_exists ? 1 : 0)
    for (const name of managerStates) state.set({ queue, state: name }, now.manager_state === name ? 1 : 0)
  })
  return {
    request: (method, ok) => requests.inc({ queue, method, result: ok ? 'ok' : 'refused' }),
    workerEnded: (reason) => restarts.inc({ queue, reason }),
  }
}
