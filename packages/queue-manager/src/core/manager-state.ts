export type ManagerState =
  | 'initializing'
  | 'idle'
  | 'paused'
  | 'creating_environment'
  | 'starting_queue'
  | 'executing_queue'
  | 'executing_task'
  | 'closing_environment'
  | 'destroying_environment'

export type ManagerTransition =
  /** Initialised: without a worker, or found to be in one of three situations after a restart. */
  | 'ready'
  | 'ready-with-task'
  | 'ready-with-plan'
  | 'ready-paused'
  | 'open-environment'
  | 'close-environment'
  | 'destroy-environment'
  /** Opening, closing or destroying came to its end, whatever it is. */
  | 'environment-settled'
  | 'start-queue'
  | 'plan-started'
  | 'plan-paused'
  | 'plan-continued'
  /** The worker refused to continue. */
  | 'plan-still-paused'
  | 'queue-finished'
  | 'start-task'
  | 'task-finished'
  | 'worker-lost'

/** queueserver contract, section 5. A pair that is missing cannot happen; a handler that tries it has a bug. */
const managerTransitions = {
  initializing: {
    ready: 'idle',
    'ready-with-task': 'executing_task',
    'ready-with-plan': 'executing_queue',
    'ready-paused': 'paused',
    // A worker that is found may be starting, or at its end.
    'open-environment': 'creating_environment',
    'close-environment': 'closing_environment',
    // A worker that is found may be destroyed before it has said what it does.
    'destroy-environment': 'destroying_environment',
    'worker-lost': 'idle',
  },
  idle: {
    'open-environment': 'creating_environment',
    'close-environment': 'closing_environment',
    'destroy-environment': 'destroying_environment',
    'start-queue': 'starting_queue',
    'start-task': 'executing_task',
    'worker-lost': 'idle',
  },
  creating_environment: {
    'environment-settled': 'idle',
    'destroy-environment': 'destroying_environment',
    'worker-lost': 'idle',
  },
  closing_environment: {
    'environment-settled': 'idle',
    'destroy-environment': 'destroying_environment',
    'worker-lost': 'idle',
  },
  destroying_environment: { 'environment-settled': 'idle', 'worker-lost': 'idle' },
  starting_queue: {
    'plan-started': 'executing_queue',
    'queue-finished': 'idle',
    'destroy-environment': 'destroying_environment',
    'worker-lost': 'idle',
  },
  executing_queue: {
    // Plans follow each other without leaving the state.
    'plan-started': 'executing_queue',
    'plan-paused': 'paused',
    'plan-still-paused': 'paused',
    'queue-finished': 'idle',
    'destroy-environment': 'destroying_environment',
    'worker-lost': 'idle',
  },
  paused: {
    'plan-continued': 'executing_queue',
    // A plan that ends while it is paused: someone else resumed or stopped the engine.
    'queue-finished': 'idle',
    'plan-paused': 'paused',
    'destroy-environment': 'destroying_environment',
    'worker-lost': 'idle',
  },
  executing_task: {
    'task-finished': 'idle',
    'destroy-environment': 'destroying_environment',
    'worker-lost': 'idle',
  },
} as const satisfies Record<ManagerState, Partial<Record<ManagerTransition, ManagerState>>>

/** The state that follows, null when the pair is not in the table. */
export function nextManagerState(state: ManagerState, transition: ManagerTransition): ManagerState | null {
  const row: Partial<Record<ManagerTransition, ManagerState>> = managerTransitions[state]
  return row[transition] ?? null
}
