/** Outcome of one case. Unsupported cases are listed in the README. */
export type Outcome =
  | { readonly kind: 'pass' }
  | { readonly kind: 'fail'; readonly reason: string }
  | { readonly kind: 'unsupported'; readonly reason: string }

export interface CaseResult {
  readonly client: string
  readonly name: string
  readonly outcome: Outcome
}

/** A behaviour that a real client shows against the broker at `server` (host:port). Throws when it does not. */
export interface Case {
  readonly name: string
  run(server: string): Promise<void>
}

export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (got !== wanted) throw new Error(`${what}: ${got} instead of ${wanted}`)
}

/** Runs cases one after another; a case that throws fails. */
export async function runCases(
  client: string,
  cases: readonly Case[],
  server: string,
): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  for (const one of cases) {
    let outcome: Outcome = { kind: 'pass' }
    try {
      await one.run(server)
    } catch (error) {
      outcome = { kind: 'fail', reason: error instanceof Error ? error.message : String(error) }
    }
    results.push({ client, name: one.name, outcome })
  }
  return results
}
