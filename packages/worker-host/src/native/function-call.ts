import { callPlan, isPlanFunction, signatureOf, type PlanFunction } from '@beamtime/run-engine'
import type { FunctionToRun } from '../protocol.ts'
import type { NameScope } from './name-scope.ts'
import { boundArguments } from './plan-call.ts'

/** Calls a function of the namespace with the arguments of a task. Arguments are passed as they are, without names
 * being turned into objects. */
export function callFunction(
  call: FunctionToRun,
  found: { readonly target: unknown; readonly isCallable: boolean; readonly scope: NameScope },
): unknown {
  const { target } = found
  if (isPlanFunction(target)) throw new Error(`Function '${call.name}' is a generator function`)
  if (!found.isCallable || typeof target !== 'function')
    throw new Error(`Function '${call.name}' is not callable`)
  const { parameters } = signatureOf(target as PlanFunction)
  const plain = parameters.map((parameter) => ({
    ...parameter,
    convert_device_names: false,
    convert_plan_names: false,
  }))
  const given = boundArguments({
    parameters: plain,
    args: call.args ?? [],
    kwargs: call.kwargs ?? {},
    scope: found.scope,
  })
  if (!given.ok) throw new Error(`${call.name}() ${given.reason}`)
  const result: unknown = callPlan(target as PlanFunction, given.bound)
  return result
}
