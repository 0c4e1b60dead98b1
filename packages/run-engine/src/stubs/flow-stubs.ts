import type { DocumentCallback } from '../engine/dispatcher.ts'
import { Msg, type Plan } from '../msg.ts'
import type { Suspender } from '../suspenders/suspender.ts'

/* Stubs about the course of a plan: one message each. */

/** Does nothing. */
export function* nullPlan(): Plan<void> {
  yield Msg('null')
}

/** Waits some seconds. */
export function* sleep(seconds: number): Plan<void> {
  yield Msg('sleep', null, { args: [seconds] })
}

/** After a pause the plan is repeated from here. */
export function* checkpoint(): Plan<void> {
  yield Msg('checkpoint')
}

/** From here on a pause aborts the plan. */
export function* clearCheckpoint(): Plan<void> {
  yield Msg('clear_checkpoint')
}

/** Pauses here. */
export function* pause(): Plan<void> {
  yield Msg('pause', null, { kwargs: { defer: false } })
}

/** Pauses at the next checkpoint. */
export function* deferredPause(): Plan<void> {
  yield Msg('pause', null, { kwargs: { defer: true } })
}

/** Asks the operator. Returns the line. */
export function* inputPlan(prompt = ''): Plan<string | undefined> {
  return (yield Msg('input', null, { kwargs: { prompt } })) as string | undefined
}

export interface WaitOptions {
  /** Seconds. Default: none. */
  readonly timeout?: number | null
  /** false: return false instead of failing. Default true. */
  readonly errorOnTimeout?: boolean
  /** Groups whose failure ends the wait early. */
  readonly watch?: readonly string[]
}

/** Waits for everything of a group. Returns whether it is done. */
export function* wait(group: unknown = null, options: WaitOptions = {}): Plan<boolean> {
  const kwargs = {
    group,
    error_on_timeout: options.errorOnTimeout ?? true,
    timeout: options.timeout ?? null,
    watch: options.watch ?? [],
  }
  return (yield Msg('wait', null, { kwargs })) as boolean
}

/** Waits for the promises that the functions return; they are called again after a pause. */
export function* waitFor(
  factories: readonly (() => Promise<unknown>)[],
  options: { readonly timeout?: number } = {},
): Plan<readonly Promise<unknown>[]> {
  const kwargs = options.timeout === undefined ? {} : { timeout: options.timeout }
  return (yield Msg('wait_for', null, { args: [factories], kwargs })) as Promise<unknown>[]
}

/** Hears documents until the end of the call. Returns a token. */
export function* subscribe(name: string, callback: DocumentCallback): Plan<number> {
  return (yield Msg('subscribe', null, { args: [callback, name] })) as number
}

export function* unsubscribe(token: number): Plan<void> {
  yield Msg('unsubscribe', null, { kwargs: { token } })
}

export function* installSuspender(suspender: Suspender): Plan<void> {
  yield Msg('install_suspender', null, { args: [suspender] })
}

export function* removeSuspender(suspender: Suspender): Plan<void> {
  yield Msg('remove_suspender', null, { args: [suspender] })
}

/** The same message to several objects. Returns the results. */
export function* broadcastMsg(
  command: string,
  objects: Iterable<unknown>,
  rest: { readonly args?: readonly unknown[]; readonly kwargs?: Readonly<Record<string, unknown>> } = {},
): Plan<readonly unknown[]> {
  const results: unknown[] = []
  for (const object of objects) results.push(yield Msg(command, object, rest))
  return results
}
