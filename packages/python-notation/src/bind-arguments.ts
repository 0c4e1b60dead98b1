export type ParameterKind =
  | 'POSITIONAL_ONLY'
  | 'POSITIONAL_OR_KEYWORD'
  | 'VAR_POSITIONAL'
  | 'KEYWORD_ONLY'
  | 'VAR_KEYWORD'

export interface BindParameter {
  readonly name: string
  readonly kind: ParameterKind
  /** True when the parameter may be left out. `*args` and `**kwargs` are always optional. */
  readonly hasDefault: boolean
}

export type BindResult =
  | {
      readonly ok: true
      /** Given arguments only, in parameter order; `*args` as an array, `**kwargs` as an object. */
      readonly bound: Map<string, unknown>
    }
  | { readonly ok: false; readonly reason: string; readonly parameter?: string }

/**
 * Binds arguments as Python's `inspect.Signature.bind` does and refuses in its words (`missing a required argument:
 * 'x'`). The parameters must be in a legal Python order.
 */
export function bindArguments(
  parameters: readonly BindParameter[],
  args: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>>,
): BindResult {
  const bound = new Map<string, unknown>()
  const rest = new Map(Object.entries(kwargs))
  const positional = bindPositional(parameters, args, { bound, rest })
  if (typeof positional !== 'number') return positional
  return bindKeywords(parameters.slice(positional), { bound, rest })
}

interface Binding {
  readonly bound: Map<string, unknown>
  readonly rest: Map<string, unknown>
}

/** Returns the index of the first parameter that the positional arguments did not reach. */
function bindPositional(
  parameters: readonly BindParameter[],
  args: readonly unknown[],
  { bound, rest }: Binding,
): number | Extract<BindResult, { ok: false }> {
  let index = 0
  for (const [position, value] of args.entries()) {
    const parameter = parameters[index]
    if (parameter === undefined || parameter.kind === 'VAR_KEYWORD' || parameter.kind === 'KEYWORD_ONLY') {
      return { ok: false, reason: 'too many positional arguments' }
    }
    index += 1
    if (parameter.kind === 'VAR_POSITIONAL') {
      bound.set(parameter.name, args.slice(position))
      return index
    }
    if (rest.has(parameter.name) && parameter.kind !== 'POSITIONAL_ONLY') {
      return refuse(`multiple values for argument '${parameter.name}'`, parameter.name)
    }
    bound.set(parameter.name, value)
  }
  return index
}

function bindKeywords(parameters: readonly BindParameter[], { bound, rest }: Binding): BindResult {
  let collector: string | undefined
  for (const { name, kind, hasDefault } of parameters) {
    if (kind === 'VAR_POSITIONAL') continue
    if (kind === 'VAR_KEYWORD') {
      collector = name
      continue
    }
    if (rest.has(name) && kind === 'POSITIONAL_ONLY') {
      return refuse(`'${name}' parameter is positional only, but was passed as a keyword`, name)
    }
    if (rest.has(name)) {
      bound.set(name, rest.get(name))
      rest.delete(name)
    } else if (!hasDefault) return refuse(`missing a required argument: '${name}'`, name)
  }
  const unexpected = rest.keys().next()
  if (unexpected.done === true) return { ok: true, bound }
  if (collector === undefined) {
    return refuse(`got an unexpected keyword argument '${unexpected.value}'`, unexpected.value)
  }
  bound.set(collector, Object.fromEntries(rest))
  return { ok: true, bound }
}

function refuse(reason: string, parameter: string): Extract<BindResult, { ok: false }> {
  return { ok: false, reason, parameter }
}
