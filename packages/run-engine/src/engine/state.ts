import { RunEngineError } from '../error.ts'

/** What clients show. `panicked` is for an unrecoverable internal error. */
export type RunEngineState =
  | 'idle'
  | 'running'
  | 'pausing'
  | 'paused'
  | 'suspending'
  | 'stopping'
  | 'aborting'
  | 'halting'
  | 'panicked'

/** From each state, the states that may follow. */
export const stateTransitions = {
  idle: ['running', 'panicked'],
  running: ['idle', 'pausing', 'suspending', 'stopping', 'aborting', 'halting', 'panicked'],
  pausing: ['paused', 'idle', 'aborting', 'halting', 'panicked'],
  suspending: ['running', 'aborting', 'halting', 'panicked'],
  paused: ['idle', 'running', 'stopping', 'aborting', 'halting', 'panicked'],
  stopping: ['idle', 'panicked'],
  aborting: ['idle', 'panicked'],
  halting: ['idle', 'panicked'],
  panicked: [],
} as const satisfies Record<RunEngineState, readonly RunEngineState[]>

/** True when the second state may follow the first. */
export function mayFollow(from: RunEngineState, to: RunEngineState): boolean {
  return (stateTransitions[from] as readonly RunEngineState[]).includes(to)
}

export function transitionError(from: RunEngineState, what: string): RunEngineError {
  return new RunEngineError({
    code: 'RUN_TRANSITION',
    text: `${what} is not possible while the run engine is ${from}`,
    fault: 'caller',
    remedy: 'Look at the state first: only a running plan can be paused, only a paused one resumed.',
  })
}
