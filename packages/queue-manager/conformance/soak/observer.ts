/** Listens to the status stream and checks what must hold of each status and between two of them. */
import { Subscriber } from 'zeromq'
import type { StatusObject } from '../../src/index.ts'

type ManagerState = StatusObject['manager_state']

/** queueserver contract, section 5. From `initializing` a manager that found its worker goes where that one is. */
const nextStates: Readonly<Record<ManagerState, readonly ManagerState[]>> = {
  initializing: [
    'idle',
    'executing_queue',
    'paused',
    'executing_task',
    'creating_environment',
    'closing_environment',
    'destroying_environment',
  ],
  idle: [
    'creating_environment',
    'closing_environment',
    'destroying_environment',
    'starting_queue',
    'executing_task',
  ],
  creating_environment: ['idle', 'destroying_environment'],
  closing_environment: ['idle', 'destroying_environment'],
  destroying_environment: ['idle'],
  starting_queue: ['executing_queue', 'idle', 'destroying_environment'],
  executing_queue: ['idle', 'paused', 'destroying_environment'],
  paused: ['executing_queue', 'idle', 'destroying_environment'],
  executing_task: ['idle', 'destroying_environment'],
}

/** States in which something is under way that ends by itself. */
const passing: ReadonlySet<ManagerState> = new Set([
  'initializing',
  'creating_environment',
  'closing_environment',
  'destroying_environment',
  'starting_queue',
  'executing_queue',
  'executing_task',
])
const stuckMs = 60_000

export interface ObserverOptions {
  readonly address: string
  /** True while a request that changes queue, history or lock without a running plan is or was just under way. */
  readonly mayChange: (what: 'queue' | 'history') => boolean
  readonly problem: (text: string) => void
}

export class Observer {
  readonly #socket = new Subscriber({ linger: 0, receiveHighWaterMark: 0, reconnectInterval: 20 })
  readonly #options: ObserverOptions
  #last: StatusObject | null = null
  #sinceMs = performance.now()
  #told = false
  #key = ''
  messages = 0
  /** Every state that was seen. */
  readonly states = new Set<ManagerState>()

  constructor(options: ObserverOptions) {
    this.#options = options
    this.#socket.connect(options.address)
    this.#socket.subscribe('QS_Info')
    void (async () => {
      for await (const [, body] of this.#socket) {
        const { msg } = JSON.parse(String(body)) as { msg: { status?: StatusObject } }
        if (msg.status !== undefined) this.#saw(msg.status)
      }
    })().catch(() => undefined) // the socket was closed
  }

  /** The manager was killed or stopped: what comes next is another manager's. */
  restarted(): void {
    this.#last = null
  }

  close(): void {
    this.#socket.close()
  }

  #saw(status: StatusObject): void {
    this.messages += 1
    this.states.add(status.manager_state)
    const last = this.#last
    this.#last = status
    const problems = [...alone(status), ...this.#stuck(status)]
    // Two managers have no status in common; the uid of the lists is the same only within one.
    if (last !== null && last.plans_existing_uid === status.plans_existing_uid)
      problems.push(...this.#between(last, status))
    for (const problem of problems) this.#options.problem(problem)
  }

  #stuck(status: StatusObject): readonly string[] {
    const nowMs = performance.now()
    const last = this.#last
    const key = `${status.manager_state} ${status.running_item_uid}`
    if (this.#key !== key || last === null) {
      this.#key = key
      this.#sinceMs = nowMs
      this.#told = false
    }
    if (this.#told || !passing.has(status.manager_state) || nowMs - this.#sinceMs < stuckMs) return []
    this.#told = true
    return [`${Math.round(stuckMs / 1000)} s without an end: ${JSON.stringify(status)}`]
  }

  #between(last: StatusObject, now: StatusObject): readonly string[] {
    const { mayChange } = this.#options
    const differs = (...names: readonly (keyof StatusObject)[]): boolean =>
      names.some((name) => JSON.stringify(last[name]) !== JSON.stringify(now[name]))
    const { manager_state: from } = last
    const { manager_state: to } = now
    const rules: readonly (readonly [isBroken: boolean, problem: string])[] = [
      [from !== to && !nextStates[from].includes(to), `${from} was followed by ${to}`],
      ...uidRules('queue', {
        moved: differs('items_in_queue', 'running_item_uid'),
        renewed: differs('plan_queue_uid'),
        mayChange: mayChange('queue'),
      }),
      ...uidRules('history', {
        moved: differs('items_in_history'),
        renewed: differs('plan_history_uid'),
        mayChange: mayChange('history'),
      }),
      [differs('lock') && !differs('lock_info_uid'), 'the lock changed under one lock_info_uid'],
      [
        last.status_uid === now.status_uid && JSON.stringify(last) !== JSON.stringify(now),
        'the status changed under one status_uid',
      ],
    ]
    return rules.flatMap(([isBroken, problem]) => (isBroken ? [problem] : []))
  }
}

/** A uid is new when and only when what it stands for has changed. */
function uidRules(
  what: string,
  seen: { readonly moved: boolean; readonly renewed: boolean; readonly mayChange: boolean },
): readonly (readonly [isBroken: boolean, problem: string])[] {
  const { moved, renewed, mayChange } = seen
  return [
    [moved && !renewed, `the ${what} changed under one uid`],
    [renewed && !moved && !mayChange, `the ${what} has a new uid, and nothing changed`],
  ]
}

/** What holds of every status. */
function alone(status: StatusObject): readonly string[] {
  const problems: string[] = []
  const { manager_state: state, worker_environment_exists: exists } = status
  if (state === 'idle' && status.running_item_uid !== null) problems.push('idle with a running item')
  if (state === 'idle' && status.pause_pending) problems.push('idle with a pause pending')
  if (!exists && status.re_state !== null) problems.push('an engine without an environment')
  if (state === 'idle' && !exists && status.worker_environment_state !== 'closed')
    problems.push(`idle without an environment, which is ${status.worker_environment_state}`)
  if (exists && status.worker_environment_state === 'closed')
    problems.push('an environment exists and is closed')
  return problems
}
