import { bindArguments } from '@beamtime/python-notation'
import type { PlanParameter } from '@beamtime/run-engine'
import { conversionRule } from '../lists/conversion-flags.ts'
import { convertNames } from './name-conversion.ts'
import type { NameScope } from './name-scope.ts'

export type CallArguments =
  | { readonly ok: true; readonly args: readonly unknown[] }
  | { readonly ok: false; readonly reason: string }

/** The arguments of a plan or function as JavaScript takes them: positional parameters in order, the elements of a
 * VAR_POSITIONAL one behind them, and one object with the KEYWORD_ONLY and VAR_KEYWORD values if there are any such
 * parameters. Defaults of the signature are filled in (and their names converted); a default of null is left out, so
 * that a default in the function's own code holds. Reasons are in Python's words. */
export function callArguments(options: {
  readonly parameters: readonly PlanParameter[]
  readonly args: readonly unknown[]
  readonly kwargs: Readonly<Record<string, unknown>>
  readonly scope: NameScope
}): CallArguments {
  const { parameters, scope } = options
  const shapes = parameters.map((parameter) => ({ ...parameter, hasDefault: 'default' in parameter }))
  const result = bindArguments(shapes, options.args, options.kwargs)
  if (!result.ok) return { ok: false, reason: result.reason }

  const positional: unknown[] = []
  const spread: unknown[] = []
  let keywords: Record<string, unknown> | null = null
  for (const parameter of parameters) {
    const value = argumentOf(parameter, result.bound, scope)
    switch (parameter.kind) {
      case 'POSITIONAL_ONLY':
      case 'POSITIONAL_OR_KEYWORD':
        positional.push(value)
        break
      case 'VAR_POSITIONAL':
        if (Array.isArray(value)) spread.push(...(value as unknown[]))
        break
      case 'KEYWORD_ONLY':
        keywords ??= {}
        if (value !== undefined) keywords[parameter.name] = value
        break
      case 'VAR_KEYWORD':
        keywords = { ...keywords, ...(value as Record<string, unknown> | undefined) }
    }
  }
  return { ok: true, args: [...positional, ...spread, ...(keywords === null ? [] : [keywords])] }
}

function argumentOf(
  parameter: PlanParameter,
  bound: ReadonlyMap<string, unknown>,
  scope: NameScope,
): unknown {
  const value = bound.has(parameter.name) ? bound.get(parameter.name) : (parameter.default ?? undefined)
  return convertNames(value, conversionRule(parameter), scope)
}
