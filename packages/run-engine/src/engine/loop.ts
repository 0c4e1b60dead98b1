import { setImmediate } from 'node:timers/promises'
import { RunEngineError, badMessage, toError } from '../error.ts'
import { Msg, isMsg, type Plan } from '../msg.ts'
import { failedPause, requestAbort, requestStop } from './control.ts'
import { Failure, settled, type EngineCore } from './core.ts'

/* The loop: fetch a message from the plan on top, execute it, hand its result back. Written for speed: see
 * bench/null-messages.ts. A macrotask per message would cost more than the message, so the loop gives way to the
 * event loop every few milliseconds and whenever a command has to wait. */

const giveWayMs = 5

/** Commands that are never repeated after a pause. */
const uncacheable: ReadonlySet<string> = new Set([
  'pause',
  'subscribe',
  'unsubscribe',
  'stage',
  'unstage',
  'monitor',
  'unmonitor',
  'open_run',
  'close_run',
  'install_suspender',
  'remove_suspender',
  '_start_suspender',
])

export type LoopOutcome =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: Error }
  | { readonly kind: 'halted' }

/** Runs the plans on the stack to their end. `onPaused` is called each time the engine has come to rest. */
export async function runLoop(core: EngineCore, onPaused: () => void): Promise<LoopOutcome> {
  core.setState('running')
  let stashed: Error | null = null
  let lastYieldMs = performance.now()
  for (;;) {
    if (stashed === null && performance.now() - lastYieldMs > giveWayMs) {
      await setImmediate()
      lastYieldMs = performance.now()
    }
    if (core.hasRequest()) {
      const request = await answerRequests(core, onPaused).catch((error): Answer =>
        deviceRefused(core, error),
      )
      if (request.kind === 'halt') return { kind: 'halted' }
      if (request.kind === 'throw') stashed ??= request.error
      lastYieldMs = performance.now()
    }
    const plan = core.plans.at(-1)
    if (plan === undefined) return { kind: 'returned', value: undefined }
    const response = core.responses.pop()
    if (core.external !== null) {
      stashed = core.external
      core.external = null
    }
    const step = advance(plan, stashed, response)
    if (step.kind === 'threw') {
      core.plans.pop()
      if (core.plans.length === 0) return { kind: 'threw', error: step.error }
      stashed = step.error
      continue
    }
    stashed = null
    if (step.kind === 'done') {
      core.plans.pop()
      if (core.plans.length === 0) return { kind: 'returned', value: step.value }
      continue
    }
    const result = execute(core, step.msg)
    core.responses.push(settled(result) ? await waited(core, result) : result)
  }
}

type Step =
  | { readonly kind: 'msg'; readonly msg: Msg }
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: Error }

function advance(plan: Plan, stashed: Error | null, response: unknown): Step {
  try {
    const error = stashed ?? (response instanceof Failure ? response.error : null)
    const result = error === null ? plan.next(response) : plan.throw(error)
    return result.done === true ? { kind: 'done', value: result.value } : { kind: 'msg', msg: result.value }
  } catch (error) {
    return { kind: 'threw', error: toError(error) }
  }
}

function execute(core: EngineCore, msg: Msg): unknown {
  if (!isMsg(msg)) return new Failure(badMessage('the plan yielded something that is not a message'))
  if (core.hooks.msgHook !== null) core.callHook(() => core.hooks.msgHook?.(msg))
  if (msg.obj !== null) core.seen.add(msg.obj)
  if (core.cache !== null && core.rewindableFlag && !uncacheable.has(msg.command)) core.cache.push(msg)
  const command = core.options.commands.get(msg.command)
  if (command === undefined) return new Failure(invalidCommand(msg.command))
  try {
    return command(core, msg)
  } catch (error) {
    return new Failure(toError(error))
  }
}

async function waited(core: EngineCore, result: Promise<unknown>): Promise<unknown> {
  try {
    return await core.wait(result)
  } catch (error) {
    return new Failure(toError(error))
  }
}

type Answer =
  | { readonly kind: 'go-on' }
  | { readonly kind: 'halt' }
  | { readonly kind: 'throw'; readonly error: Error }

const goOn: Answer = { kind: 'go-on' }

/** Pauses, suspends or ends the plan, as was asked from outside. */
async function answerRequests(core: EngineCore, onPaused: () => void): Promise<Answer> {
  if (core.state === 'pausing' || core.state === 'suspending') {
    if (!core.resumable) {
      core.notice('No checkpoint to come back to: the plan is aborted.')
      core.pendingSuspensions.length = 0
      core.interrupted = true
      core.setState('aborting')
      return { kind: 'throw', error: failedPause() }
    }
    if (core.state === 'suspending') core.setState('running')
    else await rest(core, onPaused)
  }
  if (core.endingPending) return ending(core)
  for (const request of core.pendingSuspensions.splice(0)) {
    core.pushPlan(Msg('_start_suspender', null, { args: [request] }))
  }
  return goOn
}

/** A device failed while the engine came to rest: the plan gets the error. */
function deviceRefused(core: EngineCore, error: unknown): Answer {
  if (core.state === 'pausing') core.setState('aborting')
  return { kind: 'throw', error: toError(error) }
}

async function rest(core: EngineCore, onPaused: () => void): Promise<void> {
  for (const run of core.runs.values()) run.suspendMonitors()
  await core.stopMoved()
  await core.pauseDevices()
  core.setState('paused')
  const permitted = core.untilPermitted()
  onPaused()
  await permitted
  for (const run of core.runs.values()) run.restoreMonitors()
  if (core.state === 'paused') core.setState('running')
}

function ending(core: EngineCore): Answer {
  core.endingPending = false
  switch (core.state) {
    case 'halting':
      return { kind: 'halt' }
    case 'stopping':
      return { kind: 'throw', error: requestStop() }
    case 'aborting':
      return { kind: 'throw', error: requestAbort(core.reason) }
    case 'idle':
    case 'running':
    case 'pausing':
    case 'paused':
    case 'suspending':
    case 'panicked':
      return goOn
  }
}

function invalidCommand(command: string): RunEngineError {
  return new RunEngineError({
    code: 'RUN_INVALID_COMMAND',
    text: `'${command}'`,
    fault: 'caller',
    remedy: 'Use a command that the engine knows (engine.commands), or register it.',
  })
}
