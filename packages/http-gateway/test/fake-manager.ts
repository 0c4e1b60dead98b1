import { randomUUID } from 'node:crypto'
import type { QueueItem, QueueStatus } from '@beamtime/queue-client'
import { startFakeManager as startSockets } from '@beamtime/queue-client/testing'
import { baseStatus } from './fake-link.ts'

type Params = Readonly<Record<string, unknown>>

/** A manager with real sockets that keeps a queue and a history, and publishes its status. */
export interface FakeManager {
  readonly control: string
  readonly info: string
  readonly calls: { readonly method: string; readonly params: Params }[]
  status: QueueStatus
  items: QueueItem[]
  history: unknown[]
  running: QueueItem | null
  /** Overrides of answers; null = no answer at all. */
  readonly answers: Map<string, (params: Params) => unknown>
  change(status: Partial<QueueStatus>): void
  publish(topic: string, msg: unknown): void
  print(msg: string): void
  close(): Promise<void>
}

export interface FakeManagerOptions {
  readonly control?: string
  readonly info?: string
  readonly plans?: Readonly<Record<string, unknown>>
}

export const countPlan = {
  name: 'count',
  description: 'Take one or more readings from detectors.',
  properties: { is_generator: true },
  parameters: [
    {
      name: 'detectors',
      kind: { name: 'POSITIONAL_OR_KEYWORD', value: 1 },
      annotation: { type: 'collections.abc.Sequence[__READABLE__]' },
      convert_device_names: true,
    },
    {
      name: 'num',
      kind: { name: 'POSITIONAL_OR_KEYWORD', value: 1 },
      annotation: { type: 'int' },
      default: '1',
    },
  ],
}

export async function startFakeManager(options: FakeManagerOptions = {}): Promise<FakeManager> {
  const sockets = await startSockets({
    ...(options.control === undefined ? {} : { control: options.control }),
    ...(options.info === undefined ? {} : { info: options.info }),
    answer: (method, params) => {
      manager.calls.push({ method, params })
      const override = manager.answers.get(method)
      return override === undefined ? answer(manager, options, { method, params }) : override(params)
    },
  })
  const manager: FakeManager = {
    control: sockets.control,
    info: sockets.info,
    calls: [],
    status: {
      ...baseStatus,
      status_uid: randomUUID(),
      plan_queue_uid: randomUUID(),
      plan_history_uid: randomUUID(),
    },
    items: [],
    history: [],
    running: null,
    answers: new Map(),
    change(status) {
      const { items, history } = manager
      const counts = { items_in_queue: items.length, items_in_history: history.length }
      manager.status = { ...manager.status, ...counts, ...status, status_uid: randomUUID() }
      manager.publish('QS_Info', { status: manager.status })
    },
    publish(topic, msg) {
      void sockets.publish(topic, { time: Date.now() / 1_000, msg })
    },
    print: (msg) => manager.publish('QS_Console', msg),
    async close() {
      clearInterval(heartbeat)
      await sockets.close()
    },
  }
  const heartbeat = setInterval(() => manager.publish('QS_Info', { status: manager.status }), 200)
  return manager
}

function answer(
  manager: FakeManager,
  options: FakeManagerOptions,
  { method, params }: { readonly method: string; readonly params: Params },
): unknown {
  const ok = { success: true, msg: '' }
  switch (method) {
    case 'status':
    case 'ping':
      return manager.status
    case 'queue_get': {
      const { items, running, status } = manager
      return { ...ok, items, running_item: running ?? {}, plan_queue_uid: status.plan_queue_uid }
    }
    case 'history_get':
      return { ...ok, items: manager.history, plan_history_uid: manager.status.plan_history_uid }
    case 'plans_allowed':
      return {
        ...ok,
        plans_allowed: options.plans ?? { count: countPlan },
        plans_allowed_uid: manager.status.plans_allowed_uid,
      }
    case 'devices_allowed':
      return {
        ...ok,
        devices_allowed: {
          det: { is_readable: true, is_movable: false, is_flyable: false, classname: 'Det', module: '' },
        },
        devices_allowed_uid: manager.status.devices_allowed_uid,
      }
    case 'queue_item_add': {
      const item = params['item']
      if (typeof item !== 'object' || item === null)
        return {
          success: false,
          msg: 'Failed to add an item: Incorrect request format: request contains no item info',
          qsize: null,
          item: null,
        }
      const added = {
        ...item,
        user: params['user'],
        user_group: params['user_group'],
        item_uid: randomUUID(),
      } as QueueItem
      manager.items = [...manager.items, added]
      manager.change({ plan_queue_uid: randomUUID() })
      return { ...ok, qsize: manager.items.length, item: added }
    }
    case 'queue_clear':
      manager.items = []
      manager.change({ plan_queue_uid: randomUUID() })
      return ok
    case 'history_page':
    case 'nope':
      return { success: false, msg: `Unknown method '${method}'` }
    default:
      return { ...ok, echo: params }
  }
}
