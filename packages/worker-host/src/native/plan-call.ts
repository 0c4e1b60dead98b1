import { bindArguments } from '@beamtime/python-notation'
import type { PlanParameter } from '@beamtime/run-engine'
import { conversionRule } from '../lists/conversion-flags.ts'
import { convertNames } from './name-conversion.ts'
import type { NameScope } from './name-scope.ts'

export type BoundArguments =
  | { readonly ok: true; readonly bound: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reason: string }

/** Arguments by parameter name, names turned into objects. Defaults of the signature are filled in and converted too; a
 * default of null is left out, so that a default in the function's own code holds. Reasons are in Python's words. */
export function boundArguments(options: {
  readonly parameters: readonly PlanParameter[]
  readonly args: readonly unknown[]
  readonly kwargs: Readonly<Record<string, unknown>>
  readonly scope: NameScope
}): BoundArguments {
  const { parameters, scope } = options
  const shapes = parameters.map((parameter) => ({ ...parameter, hasDefault: 'default' in parameter }))
  const result = bindArguments(shapes, options.args, options.kwargs)
  if (!result.ok) return { ok: false, reason: result.reason }
  const bound: Record<string, unknown> = {}
  for (const parameter of parameters) {
    const { name } = parameter
    const value = result.bound.has(name) ? result.bound.get(name) : (parameter.default ?? undefined)
    if (value !== undefined) bound[name] = convertNames(value, conversionRule(parameter), scope)
  }
  return { ok: true, bound }
}
