import { bindArguments, pyRepr, pyTypeName } from '@beamtime/python-notation'
import type { WireDevice, WirePlan } from '@beamtime/worker-host/client'
import { isPlainObject } from '../plain-object.ts'
import { checkType } from './check-type.ts'
import { outOfRange } from './check-range.ts'
import { planModel, type ModelParameter, type PlanModel } from './plan-model.ts'
import { gather, type TypeOutcome, type TypeProblem } from './type-outcome.ts'

export type PlansByName = Readonly<Record<string, WirePlan>>
export type DevicesByName = Readonly<Record<string, WireDevice>>

export type PlanValidation =
  | {
      readonly ok: true
      /** Given arguments only; `*args` as an array, `**kwargs` as an object. */
      readonly bound: Map<string, unknown>
    }
  | {
      readonly ok: false
      /** As the queue server words it. */
      readonly reason: string
      /** Text by parameter, for a form. Empty when no single parameter is at fault. */
      readonly fieldErrors: Readonly<Record<string, string>>
    }

type Refusal = Extract<PlanValidation, { ok: false }>

/**
 * Checks a plan item (`name`, `args`, `kwargs`, `meta`) against the descriptions that its user group may use:
 * arguments, types, ranges, metadata, in this order. Pure; a plan's description is parsed once and remembered.
 */
export function validatePlan(
  item: Readonly<Record<string, unknown>>,
  plansAllowed: PlansByName,
  devicesAllowed: DevicesByName,
): PlanValidation {
  void devicesAllowed // names in annotations are already reduced to what the group may use
  const { name } = item
  if (name === undefined || name === null) return refuse("'name'")
  const plan = typeof name === 'string' && Object.hasOwn(plansAllowed, name) ? plansAllowed[name] : undefined
  if (plan === undefined) return refuse(`Plan '${plainText(name)}' is not in the list of allowed plans.`)
  const args = item['args'] ?? []
  const kwargs = item['kwargs'] ?? {}
  if (!Array.isArray(args)) return refuse(`Parameter 'args' is not a tuple or a list: ${pyTypeName(args)}`)
  if (!isPlainObject(kwargs)) return refuse(`Parameter 'kwargs' is not a dictionary: ${pyTypeName(kwargs)}`)
  const model = planModel(plan)
  const binding = bindArguments(model.parameters, args, kwargs)
  if (!binding.ok) {
    return refuse(
      binding.reason,
      binding.parameter === undefined ? {} : { [binding.parameter]: binding.reason },
    )
  }
  return (
    checkTypes(model, binding.bound) ??
    checkRanges(model, binding.bound) ??
    checkMeta(item['meta']) ?? { ok: true, bound: binding.bound }
  )
}

function refuse(reason: string, fieldErrors: Readonly<Record<string, string>> = {}): Refusal {
  return { ok: false, reason, fieldErrors }
}

function plainText(value: unknown): string {
  return typeof value === 'string' ? value : pyRepr(value)
}

function checkTypes(model: PlanModel, bound: ReadonlyMap<string, unknown>): Refusal | null {
  const problems: TypeProblem[] = []
  const fieldErrors: Record<string, string> = {}
  let coercion: { readonly name: string; readonly value: unknown; readonly as: unknown } | null = null
  for (const parameter of model.parameters) {
    if (!bound.has(parameter.name)) continue
    const outcome = checkParameter(parameter, bound.get(parameter.name))
    if (outcome.kind === 'wrong') {
      for (const problem of outcome.problems)
        problems.push({ ...problem, path: [parameter.name, ...problem.path] })
      fieldErrors[parameter.name] = fieldText(outcome.problems[0])
    } else if (outcome.kind === 'coerced') coercion ??= { name: parameter.name, ...outcome }
  }
  if (problems.length > 0) return refuse(problemText(problems), fieldErrors)
  if (coercion === null) return null
  const { name, value, as } = coercion
  const change =
    `value='${plainText(value)}' (${pyTypeName(value)}), ` +
    `interpreted as '${plainText(as)}' (${pyTypeName(as)})`
  return refuse(`Error in argument types: Incorrect parameter type: key='${name}', ${change}`, {
    [name]: `${pyRepr(value)} is not of the declared type; write ${pyRepr(as)}`,
  })
}

/** `*args: T` and `**kwargs: T` declare the type of each element. */
function checkParameter(parameter: ModelParameter, value: unknown): TypeOutcome {
  const { type, names } = parameter
  if (type === null) return { kind: 'exact' }
  if (parameter.kind === 'VAR_POSITIONAL' && Array.isArray(value)) {
    return gather(value.map((item: unknown, index) => [index, checkType(type, item, names)] as const))
  }
  if (parameter.kind === 'VAR_KEYWORD' && isPlainObject(value)) {
    return gather(Object.entries(value).map(([key, item]) => [key, checkType(type, item, names)] as const))
  }
  return checkType(type, value, names)
}

function problemText(problems: readonly TypeProblem[]): string {
  const head = `${problems.length} validation error${problems.length === 1 ? '' : 's'} for Model`
  const lines = problems.map(({ path, text, code, value }) => {
    const input = `input_value=${shortRepr(value)}, input_type=${pyTypeName(value).slice(8, -2)}`
    return `${path.join('.')}\n  ${text} [type=${code}, ${input}]`
  })
  return [head, ...lines].join('\n')
}

function shortRepr(value: unknown): string {
  const text = pyRepr(value)
  return text.length > 50 ? `${text.slice(0, 25)}...${text.slice(-24)}` : text
}

function fieldText(problem: TypeProblem | undefined): string {
  if (problem === undefined) return 'wrong type'
  const where = problem.path.map((step) => `[${pyRepr(step)}]`).join('')
  return where === '' ? problem.text : `${where} ${problem.text}`
}

function checkRanges(model: PlanModel, bound: ReadonlyMap<string, unknown>): Refusal | null {
  for (const parameter of model.parameters) {
    if (!bound.has(parameter.name)) continue
    const value = bound.get(parameter.name)
    const text = outOfRange(value, parameter)
    if (text === null) continue
    const what = `Parameter value is out of range: key='${parameter.name}', value='${plainText(value)}': ${text}`
    return refuse(`Argument values are out of range: ${what}`, { [parameter.name]: text })
  }
  return null
}

function checkMeta(meta: unknown): Refusal | null {
  if (meta === undefined || meta === null || isPlainObject(meta)) return null
  if (Array.isArray(meta) && meta.every(isPlainObject)) return null
  return refuse("Plan parameter 'meta' must be a dictionary or a list of dictionaries")
}
