import { signatureOf, type PlanFunction } from '@beamtime/run-engine'
import type { FunctionToRun } from '../protocol.ts'
import { isGeneratorFunction } from '../startup/plan-functions.ts'
import type { NameScope } from './name-scope.ts'
import { callArguments } from './plan-call.ts'

/** Calls a function of the namespace with the arguments of a task. Arguments are passed as they are, without names
 * being turned into objects. */
export async function callFunction(
  call: FunctionToRun,
  found: { readonly target: unknown; readonly isCallable: boolean; readonly scope: NameScope },
): Promise<unknown> {
  const { target } = found
  if (isGeneratorFunction(target)) throw new Error(`Function '${call.name}' is a generator function`)
  if (!found.isCallable || typeof target !== 'function')
    throw new Error(`Function '${call.name}' is not callable`)
  const { parameters } = signatureOf(target as PlanFunction)
  const plain = parameters.map((parameter) => ({
    ...parameter,
    convert_device_names: false,
    convert_plan_names: false,
  }))
  const bound = callArguments({
    parameters: plain,
    args: call.args ?? [],
    kwargs: call.kwargs ?? {},
    scope: found.scope,
  })
  if (!bound.ok) throw new Error(`${call.name}() ${bound.reason}`)
  return await (target as (...args: unknown[]) => unknown)(...bound.args)
}
