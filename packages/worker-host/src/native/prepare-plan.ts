import { inspect } from 'node:util'
import {
  annotatePlan,
  callPlan,
  isMsg,
  isPlanFunction,
  signatureOf,
  toPlan,
  type Plan,
  type PlanLike,
} from '@beamtime/run-engine'
import { WorkerHostError } from '../error.ts'
import type { PlanToRun } from '../protocol.ts'
import type { NameScope } from './name-scope.ts'
import { boundArguments } from './plan-call.ts'

/** Makes the plan of an item: finds the function, turns names into objects, calls it. No message has been executed. */
export function preparePlan(options: {
  readonly plan: PlanToRun
  readonly values: Readonly<Record<string, unknown>>
  readonly scope: NameScope
}): Plan {
  const { plan, values, scope } = options
  try {
    const target = values[plan.name]
    if (!isPlanFunction(target)) throw new Error(`Plan '${plan.name}' is not found in the worker namespace`)
    if (scope.plan(plan.name) === null) {
      throw new Error(`Plan '${plan.name}' is not allowed for users from '${plan.user_group}' user group`)
    }
    const signature = signatureOf(target)
    annotatePlan(target, signature) // names a plain generator in its start document
    const call = boundArguments({
      parameters: signature.parameters,
      args: plan.args ?? [],
      kwargs: plan.kwargs ?? {},
      scope,
    })
    if (!call.ok) throw new Error(`Plan '${plan.name}': ${call.reason}`)
    const made: unknown = callPlan(target, call.bound)
    if (!isPlanLike(made)) throw new Error(`Plan '${plan.name}' did not give a generator of messages`)
    return toPlan(made)
  } catch (error) {
    throw notStarted(error)
  }
}

function isPlanLike(value: unknown): value is PlanLike {
  if (typeof value !== 'object' || value === null) return false
  return isMsg(value) || Symbol.iterator in value
}

function notStarted(cause: unknown): WorkerHostError {
  const text = cause instanceof Error ? cause.message : String(cause)
  return new WorkerHostError({
    code: 'WORKER_FAILED',
    message: `Error occurred while processing plan parameters or starting the plan: ${text}`,
    fault: 'caller',
    remedy: 'Correct the parameters of the item.',
    traceback: inspect(cause, { depth: 4 }),
    cause,
  })
}
