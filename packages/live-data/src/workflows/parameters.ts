/* Parameters of a workflow: groups of fields. One description serves the check, the form and the defaults. */

export type ParameterField =
  | {
      readonly type: 'number' | 'integer'
      readonly title: string
      readonly default: number
      readonly min?: number
      readonly max?: number
    }
  | { readonly type: 'boolean'; readonly title: string; readonly default: boolean }
  | {
      readonly type: 'enum'
      readonly title: string
      readonly default: string
      readonly values: readonly string[]
      /** Further spellings that are read. */
      readonly also?: Readonly<Record<string, string>>
    }

export interface ParameterGroup {
  readonly title: string
  readonly description: string
  readonly fields: Readonly<Record<string, ParameterField>>
  /** What only shows across fields; the text of what is wrong, or null. */
  check?(values: GroupValues): string | null
}

export type ParameterModel = Readonly<Record<string, ParameterGroup>>
export type GroupValues = Readonly<Record<string, number | string | boolean>>
export type ParameterValues = Readonly<Record<string, GroupValues>>

export type ParsedParameters =
  | { readonly ok: true; readonly values: ParameterValues }
  | { readonly ok: false; readonly reason: string }

/**
 * Checks parameters as they came in a command; what is absent takes its default and unknown names are left out. A
 * workflow without parameters takes none.
 */
export function parseParameters(model: ParameterModel, raw: unknown): ParsedParameters {
  const given = raw ?? {}
  if (!isRecord(given)) return { ok: false, reason: 'params: must be an object' }
  if (Object.keys(model).length === 0 && Object.keys(given).length > 0)
    return { ok: false, reason: 'params: the workflow has no parameters' }
  const values: Record<string, GroupValues> = {}
  const problems: string[] = []
  for (const [name, group] of Object.entries(model)) {
    const parsed = parseGroup(group, given[name])
    if (typeof parsed === 'string') problems.push(`${name}${parsed}`)
    else values[name] = parsed
  }
  return problems.length === 0 ? { ok: true, values } : { ok: false, reason: problems.join('; ') }
}

export function numberOf(values: ParameterValues, group: string, field: string): number {
  return Number(values[group]?.[field])
}

export function textOf(values: ParameterValues, group: string, field: string): string {
  return String(values[group]?.[field])
}

export function flagOf(values: ParameterValues, group: string, field: string): boolean {
  return values[group]?.[field] === true
}

function parseGroup(group: ParameterGroup, raw: unknown): GroupValues | string {
  const given = raw ?? {}
  if (!isRecord(given)) return ': must be an object'
  const values: Record<string, number | string | boolean> = {}
  for (const [name, field] of Object.entries(group.fields)) {
    const value = given[name] ?? field.default
    const problem = problemOf(field, value)
    if (problem !== null) return `.${name}: ${problem}`
    values[name] = field.type === 'enum' ? canonical(field, value as string) : (value as number | boolean)
  }
  const problem = group.check?.(values) ?? null
  return problem === null ? values : `: ${problem}`
}

function problemOf(field: ParameterField, value: unknown): string | null {
  switch (field.type) {
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be true or false'
    case 'enum':
      return typeof value === 'string' && field.values.includes(canonical(field, value))
        ? null
        : `must be one of ${field.values.join(', ')}`
    case 'number':
    case 'integer':
      return numberProblem(field, value)
  }
}

function numberProblem(
  field: Extract<ParameterField, { type: 'number' | 'integer' }>,
  value: unknown,
): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number'
  if (field.type === 'integer' && !Number.isInteger(value)) return 'must be a whole number'
  if (field.min !== undefined && value < field.min) return `must be at least ${field.min}`
  if (field.max !== undefined && value > field.max) return `must be at most ${field.max}`
  return null
}

function canonical(field: Extract<ParameterField, { type: 'enum' }>, value: string): string {
  return field.also?.[value] ?? value
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
