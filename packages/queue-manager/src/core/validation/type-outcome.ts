/** One value that does not fit its declared type. `path` starts below the parameter. */
export interface TypeProblem {
  readonly path: readonly (string | number)[]
  readonly text: string
  /** Pydantic's name of the problem, part of the text that older clients print. */
  readonly code: string
  readonly value: unknown
}

export type TypeOutcome =
  | { readonly kind: 'exact' }
  /** Pydantic would convert the value; the queue server refuses what it had to convert. */
  | { readonly kind: 'coerced'; readonly value: unknown; readonly as: unknown }
  | { readonly kind: 'wrong'; readonly problems: readonly TypeProblem[] }

export const exact: TypeOutcome = { kind: 'exact' }

export function wrong(code: string, text: string, value: unknown): TypeOutcome {
  return { kind: 'wrong', problems: [{ path: [], text, code, value }] }
}

export function coerced(value: unknown, as: unknown): TypeOutcome {
  return { kind: 'coerced', value, as }
}

/** Puts the outcomes of elements together: problems of all, else the first coercion, else exact. */
export function gather(
  outcomes: Iterable<readonly [key: string | number, outcome: TypeOutcome]>,
): TypeOutcome {
  const problems: TypeProblem[] = []
  let coercion: TypeOutcome | null = null
  for (const [key, outcome] of outcomes) {
    if (outcome.kind === 'wrong') {
      for (const problem of outcome.problems) problems.push({ ...problem, path: [key, ...problem.path] })
    } else if (outcome.kind === 'coerced') coercion ??= outcome
  }
  if (problems.length > 0) return { kind: 'wrong', problems }
  return coercion ?? exact
}
