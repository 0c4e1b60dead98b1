import { setTimeout as delay } from 'node:timers/promises'
import { CliError } from '../error.ts'
import { printJson, printLine } from '../print.ts'
import type { QueueOptions, QueueSession } from '../queue/queue-session.ts'
import { withSession } from './queue-edit.ts'

interface Action {
  readonly method: string
  /** Printed when the manager has accepted. */
  readonly done: string
}

export function queueAction(action: Action, options: QueueOptions): Promise<number> {
  return withSession(options, async (session) => {
    const reply = await session.ask(action.method)
    if (options.json === true) printJson(reply)
    else printLine(action.done)
    return 0
  })
}

export function queueStop(options: QueueOptions & { readonly cancel?: boolean }): Promise<number> {
  const isCancel = options.cancel === true
  const method = isCancel ? 'queue_stop_cancel' : 'queue_stop'
  const done = isCancel ? 'the queue goes on' : 'the queue stops after the running plan'
  return queueAction({ method, done }, options)
}

export function queuePause(options: QueueOptions & { readonly now?: boolean }): Promise<number> {
  return withSession(options, async (session) => {
    const option = options.now === true ? 'immediate' : 'deferred'
    const reply = await session.ask('re_pause', { option })
    if (options.json === true) printJson(reply)
    else printLine(option === 'immediate' ? 'the plan pauses' : 'the plan pauses at its next checkpoint')
    return 0
  })
}

/** Environment requests are accepted at once and done later; by default the command waits for that. */
export function environmentAction(
  action: Action,
  options: QueueOptions & { readonly wait?: boolean },
): Promise<number> {
  return withSession(options, async (session) => {
    const reply = await session.ask(action.method)
    if (options.wait !== false) await environmentSettled(session, action.method)
    if (options.json === true) printJson(reply)
    else printLine(options.wait === false ? 'accepted' : action.done)
    return 0
  })
}

const busyStates = new Set([
  'initializing',
  'creating_environment',
  'closing_environment',
  'destroying_environment',
])

/** Waits until the manager is at rest again and the environment is there (or not) as asked. Throws CLI_FAILED. */
export async function environmentSettled(
  session: QueueSession,
  method: string,
  timeoutMs = 120_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const status = await session.ask('status')
    const exists = status['worker_environment_exists'] === true
    const isBusy =
      busyStates.has(String(status['manager_state'])) || status['worker_environment_state'] === 'initializing'
    if (!isBusy) {
      if (method === 'environment_open' && !exists)
        throw new CliError({
          code: 'CLI_FAILED',
          message: 'the environment did not open',
          remedy: 'see why with `beamtime logs queue@main` or `beamtime queue console -f`',
          fault: 'environment',
        })
      if (method === 'environment_open' || method === 'environment_update' || !exists) return
    }
    if (performance.now() > deadline)
      throw new CliError({
        code: 'CLI_FAILED',
        message: `not done in ${timeoutMs / 1_000} s`,
        remedy: 'see `beamtime queue status`',
        fault: 'environment',
      })
    await delay(50)
  }
}
