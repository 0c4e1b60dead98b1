import { planNameKey, type Plan } from './msg.ts'

/* What forms, validation and lists of plans know about a plan. */

export type ParameterKind =
  | 'POSITIONAL_ONLY'
  | 'POSITIONAL_OR_KEYWORD'
  | 'VAR_POSITIONAL'
  | 'KEYWORD_ONLY'
  | 'VAR_KEYWORD'

export interface ParameterAnnotation {
  /** Python type expression, e.g. `collections.abc.Sequence[__READABLE__]`. */
  readonly type: string
  /** Name lists that `type` uses: device names or patterns. */
  readonly devices?: Readonly<Record<string, readonly string[]>>
  readonly plans?: Readonly<Record<string, readonly string[]>>
  readonly enums?: Readonly<Record<string, readonly string[]>>
}

export interface PlanParameter {
  readonly name: string
  readonly kind: ParameterKind
  readonly description?: string
  readonly annotation?: ParameterAnnotation
  /** A JSON value. Absent: the parameter is required. */
  readonly default?: unknown
  /** Inclusive bounds of every number in the value. */
  readonly min?: number
  readonly max?: number
  readonly step?: number
  readonly unit?: string
  readonly convert_device_names?: boolean
  readonly convert_plan_names?: boolean
  readonly eval_expressions?: boolean
}

export interface PlanSignature {
  /** The name on the wire: `rel_scan`. */
  readonly name: string
  readonly description?: string
  readonly parameters: readonly PlanParameter[]
  /** How much a call with these values will do; null: cannot be known before. */
  estimate?(bound: Readonly<Record<string, unknown>>): { readonly points: number } | null
}

/** Any function that returns a plan. */
export type PlanFunction = (...args: never[]) => Plan

const signatures = new WeakMap<PlanFunction, PlanSignature>()

/** Tells everyone what a plan takes, and names it in start documents. Returns the same function. */
export function annotatePlan<F extends PlanFunction>(fn: F, signature: PlanSignature): F {
  signatures.set(fn, signature)
  const prototype: unknown = fn.prototype
  if (typeof prototype === 'object' && prototype !== null) Reflect.set(prototype, planNameKey, signature.name)
  return fn
}

/** The signature given to annotatePlan; of any other function the names and literal defaults of its source text. */
export function signatureOf(fn: PlanFunction): PlanSignature {
  const known = signatures.get(fn)
  if (known !== undefined) return known
  return { name: fn.name, parameters: sourceParameters(fn.toString()) }
}

/** True for a plan: a generator function, or a function that was annotated. */
export function isPlanFunction(value: unknown): value is PlanFunction {
  if (typeof value !== 'function') return false
  return signatures.has(value as PlanFunction) || value.constructor.name === 'GeneratorFunction'
}

/** Calls a plan with values by parameter name, as bound by Python's rules: positional ones in order, the values of
 * *args after them, then one object with the keyword-only ones and those of **kwargs. Values left out keep the plan's
 * own defaults. */
export function callPlan(fn: PlanFunction, bound: Readonly<Record<string, unknown>>): Plan {
  const positional: unknown[] = []
  const options: Record<string, unknown> = {}
  let takesOptions = false
  for (const parameter of signatureOf(fn).parameters) {
    const value = Object.hasOwn(bound, parameter.name) ? bound[parameter.name] : undefined
    switch (parameter.kind) {
      case 'POSITIONAL_ONLY':
      case 'POSITIONAL_OR_KEYWORD':
        positional.push(value)
        break
      case 'VAR_POSITIONAL':
        if (Array.isArray(value)) positional.push(...value)
        break
      case 'KEYWORD_ONLY':
        takesOptions = true
        if (value !== undefined) options[parameter.name] = value
        break
      case 'VAR_KEYWORD':
        takesOptions = true
        Object.assign(options, value)
        break
    }
  }
  if (takesOptions) positional.push(options)
  const plan: unknown = Reflect.apply(fn, undefined, positional)
  if (signatures.has(fn) && typeof plan === 'object' && plan !== null) {
    Reflect.set(plan, planNameKey, signatureOf(fn).name)
  }
  return plan as Plan
}

/** Parameters as the source text of a function lists them. */
function sourceParameters(source: string): readonly PlanParameter[] {
  const open = source.indexOf('(')
  if (open < 0) return []
  return splitTopLevel(source.slice(open + 1)).flatMap((text): PlanParameter[] => {
    if (text.startsWith('...')) return [{ name: text.slice(3).trim(), kind: 'VAR_POSITIONAL' }]
    if (text.startsWith('{')) return destructured(text)
    if (text.startsWith('[')) return []
    return [parameterOf(text, 'POSITIONAL_OR_KEYWORD')]
  })
}

function destructured(text: string): PlanParameter[] {
  return splitTopLevel(text.slice(1)).map((part): PlanParameter => {
    if (part.startsWith('...')) return { name: part.slice(3).trim(), kind: 'VAR_KEYWORD' }
    const renamed = /^([\w$]+)\s*:\s*[\w$]+\s*(=.*)?$/s.exec(part)
    return parameterOf(renamed === null ? part : `${renamed[1]} ${renamed[2] ?? ''}`, 'KEYWORD_ONLY')
  })
}

function parameterOf(text: string, kind: ParameterKind): PlanParameter {
  const [, name = text.trim(), defaultText] = /^\s*([\w$]+)\s*(?:=(.*))?$/s.exec(text) ?? []
  if (defaultText === undefined) return { name, kind }
  return { name, kind, default: literal(defaultText.trim()) }
}

/** The JSON value of a literal; null for anything that has to be computed. */
function literal(text: string): unknown {
  const quoted = /^'([^'\\]*)'$/.exec(text)
  if (quoted !== null) return quoted[1]
  try {
    return JSON.parse(text.replace(/^([+-]?)\./, '$10.'))
  } catch {
    return null
  }
}

/** The parts between commas up to the bracket that closes the list. */
function splitTopLevel(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  let quote = ''
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i)
    if (quote !== '') {
      if (c === quote && text.charAt(i - 1) !== '\\') quote = ''
    } else if (c === "'" || c === '"' || c === '`') quote = c
    else if ('([{'.includes(c)) depth += 1
    else if (')]}'.includes(c) && depth > 0) depth -= 1
    else if (')]}'.includes(c) || (c === ',' && depth === 0)) {
      parts.push(text.slice(from, i).trim())
      from = i + 1
      if (c !== ',') break
    }
  }
  return parts.filter((part) => part !== '')
}
