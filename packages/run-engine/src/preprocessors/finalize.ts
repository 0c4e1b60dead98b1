import { toError } from '../error.ts'
import { Msg, toPlan, type Plan, type PlanLike } from '../msg.ts'

/* Clean-up. A halt closes the generator at its yield, which runs no `catch` and nothing behind: so nothing here is in a
 * `finally`, and a halted plan yields no clean-up messages. */

export interface FinalizeOptions {
  /** Pauses before the clean-up of a failure. Default false. */
  readonly pauseForDebug?: boolean
}

/** Runs a final plan however the plan ends, except at a halt. */
export function* finalizeWrapper<R>(
  plan: Plan<R>,
  finalPlan: PlanLike | (() => PlanLike),
  options: FinalizeOptions = {},
): Plan<R> {
  const clean = (): Plan => toPlan(typeof finalPlan === 'function' ? finalPlan() : finalPlan)
  let result: R
  try {
    result = yield* plan
  } catch (error) {
    if (options.pauseForDebug === true) yield Msg('pause', null, { kwargs: { defer: false } })
    yield* clean()
    throw toError(error)
  }
  yield* clean()
  return result
}

export interface ContingencyOptions<R> {
  /** After a failure. */
  readonly exceptPlan?: (error: Error) => Plan<R | void>
  /** After success. */
  readonly elsePlan?: () => Plan
  /** After either. */
  readonly finalPlan?: () => PlanLike
  readonly pauseForDebug?: boolean
  /** Throw the error on after exceptPlan. Default true; false returns the value of exceptPlan. */
  readonly autoRaise?: boolean
}

/** try, except, else and finally in messages. */
export function contingencyWrapper<R>(plan: Plan<R>, options: ContingencyOptions<R>): Plan<R> {
  const guarded = contingency(plan, options)
  return options.finalPlan === undefined ? guarded : finalizeWrapper(guarded, options.finalPlan)
}

function* contingency<R>(plan: Plan<R>, options: ContingencyOptions<R>): Plan<R> {
  let result: R
  try {
    result = yield* plan
  } catch (thrown) {
    const error = toError(thrown)
    if (options.pauseForDebug === true) yield Msg('pause', null, { kwargs: { defer: false } })
    if (options.exceptPlan === undefined) throw error
    const replacement = yield* options.exceptPlan(error)
    if (options.autoRaise !== false) throw error
    return replacement as R
  }
  if (options.elsePlan !== undefined) yield* options.elsePlan()
  return result
}
