import { inspect } from 'node:util'
import type { Plan, RunEngine } from '@beamtime/run-engine'
import type { EngineEvents, PlanOutcome } from '../worker-engine.ts'

export interface PlanRunner {
  start(plan: Plan, metadata: Readonly<Record<string, unknown>>): void
  continue(option: 'resume' | 'stop' | 'abort' | 'halt', reason: string): void
}

type Ending = 'stop' | 'abort' | 'halt'

const endedStates = { stop: 'stopped', abort: 'aborted', halt: 'halted' } as const

/** Runs plans on an engine and tells how each call ended. */
export function createPlanRunner(options: {
  readonly engine: RunEngine
  readonly events: EngineEvents
}): PlanRunner {
  const { engine, events } = options
  let ending: Ending | null = null
  let active = false

  function follow(call: Promise<readonly string[]>): void {
    call.then(
      () => finish({ state: ending === null ? 'completed' : endedStates[ending], error: '', traceback: '' }),
      (error: unknown) => {
        if (hasCode(error, 'RUN_TRANSITION') && engine.state !== 'idle') return // refused: what runs goes on
        if (!hasCode(error, 'RUN_INTERRUPTED')) return finish(failed(error))
        if (engine.state === 'paused') return events.paused()
        if (engine.state === 'idle') finish({ state: interruptedState(), error: '', traceback: '' })
      },
    )
  }

  // Without a request of ours the engine itself gave up: a pause where the plan cannot be resumed.
  function interruptedState(): PlanOutcome['state'] {
    if (ending !== null) return endedStates[ending]
    return engine.lastResult?.exit_status === 'success' ? 'stopped' : 'aborted'
  }

  function finish(outcome: PlanOutcome): void {
    if (!active) return
    active = false
    const value = outcome.state === 'completed' ? jsonOrNothing(engine.lastResult?.plan_result) : undefined
    events.ended(value === undefined ? outcome : { ...outcome, returnValue: value })
  }

  return {
    start(plan, metadata) {
      ending = null
      active = true
      follow(engine.run(plan, null, metadata))
    },
    continue(option, reason) {
      switch (option) {
        case 'resume':
          follow(engine.resume())
          return
        case 'stop':
          ending = option
          follow(engine.stop())
          return
        case 'abort':
          ending = option
          follow(engine.abort(reason))
          return
        case 'halt':
          ending = option
          follow(engine.halt())
      }
    },
  }
}

function failed(error: unknown): PlanOutcome {
  const text = error instanceof Error ? error.message : String(error)
  return {
    state: 'failed',
    error: text,
    traceback: error instanceof Error ? inspect(error, { depth: 4 }) : text,
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

const maxReturnCharacters = 1024 * 1024

/** The value if JSON holds all of it; a status or device among it would come back as something else. */
function jsonOrNothing(value: unknown): unknown {
  if (!isPlain(value, 0)) return undefined
  const text = JSON.stringify(value)
  return text === undefined || text.length > maxReturnCharacters ? undefined : (JSON.parse(text) as unknown)
}

const maxDepth = 50

function isPlain(value: unknown, depth: number): boolean {
  if (value === undefined) return depth > 0
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || depth > maxDepth) return false
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return Object.values(value).every((item) => isPlain(item, depth + 1))
}
