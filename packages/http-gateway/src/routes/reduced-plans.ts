import { PythonNotationError, parsePyLiteral } from '@beamtime/python-notation'
import { isRecord } from '../http/body.ts'

/** Plans as old web forms want them (`reduced: true`): the type is a word, lists of names are joined, defaults are values. */
export function reducedPlans(plans: unknown): Record<string, unknown> {
  if (!isRecord(plans)) return {}
  return Object.fromEntries(
    Object.entries(plans).map(([name, plan]) => [name, isRecord(plan) ? reducedPlan(plan) : {}]),
  )
}

function reducedPlan(plan: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const parameters = Array.isArray(plan['parameters']) ? plan['parameters'].filter(isRecord) : []
  return {
    name: plan['name'],
    ...optional('description', plan['description']),
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(reducedParameter) }),
  }
}

function reducedParameter(parameter: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const annotation = isRecord(parameter['annotation']) ? parameter['annotation'] : {}
  const type = typeof annotation['type'] === 'string' ? annotation['type'] : ''
  const names = ['devices', 'plans', 'enums']
    .flatMap((key) => Object.values(asRecord(annotation[key])))
    .flat()
  const word =
    names.length > 0 ? 'str' : ['float', 'int', 'str'].find((one) => new RegExp(`\\b${one}\\b`).test(type))
  return {
    name: parameter['name'],
    kind: parameter['kind'],
    ...optional('description', parameter['description']),
    ...optional('type', word),
    ...(names.length > 0 ? { enum: names } : {}),
    ...(/^(typing\.)?List\[/.test(type) ? { is_list: true } : {}),
    ...('default' in parameter ? { default: literal(parameter['default']), is_optional: true } : {}),
    ...optional('min', numberOf(parameter['min'])),
    ...optional('max', numberOf(parameter['max'])),
    ...optional('step', numberOf(parameter['step'])),
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {}
}

function optional(key: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [key]: value }
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

function literal(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return parsePyLiteral(value)
  } catch (error) {
    if (error instanceof PythonNotationError) return value
    throw error
  }
}
