import { isRecord } from '../http/body.ts'

/** A parameter as `plans_allowed` describes it; defaults and bounds are Python literals. */
export interface ParameterDescription {
  readonly name: string
  readonly kind: string
  readonly description: string
  readonly type: string | null
  readonly devices: Readonly<Record<string, readonly string[]>>
  readonly plans: Readonly<Record<string, readonly string[]>>
  readonly enums: Readonly<Record<string, readonly string[]>>
  readonly defaultText: string | null
  readonly min: number | null
  readonly max: number | null
  readonly step: number | null
  readonly unit: string | null
}

export interface PlanDescription {
  readonly name: string
  readonly description: string
  readonly parameters: readonly ParameterDescription[]
}

/** Reads one entry of `plans_allowed`; parts that are missing or of a wrong type are left out. */
export function readPlan(name: string, value: unknown): PlanDescription {
  const plan = isRecord(value) ? value : {}
  const parameters = Array.isArray(plan['parameters']) ? plan['parameters'].filter(isRecord) : []
  return { name, description: text(plan['description']) ?? '', parameters: parameters.map(readParameter) }
}

function readParameter(value: Readonly<Record<string, unknown>>): ParameterDescription {
  const annotation = isRecord(value['annotation']) ? value['annotation'] : {}
  const kind = isRecord(value['kind']) ? value['kind']['name'] : value['kind']
  return {
    name: text(value['name']) ?? '',
    kind: text(kind) ?? 'POSITIONAL_OR_KEYWORD',
    description: text(value['description']) ?? '',
    type: text(annotation['type']),
    devices: nameLists(annotation['devices']),
    plans: nameLists(annotation['plans']),
    enums: nameLists(annotation['enums']),
    defaultText: text(value['default']),
    min: number(value['min']),
    max: number(value['max']),
    step: number(value['step']),
    unit: text(value['unit']),
  }
}

function nameLists(value: unknown): Readonly<Record<string, readonly string[]>> {
  if (!isRecord(value)) return {}
  return Object.fromEntries(
    Object.entries(value).map(([key, names]) => [
      key,
      Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [],
    ]),
  )
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function number(value: unknown): number | null {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : null
}
