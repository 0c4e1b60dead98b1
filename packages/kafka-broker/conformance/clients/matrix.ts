import { stepNames, type StepResult } from './step.ts'

const marks = { pass: 'yes', fail: 'FAIL', unsupported: '–' } as const

/** Clients by steps as a Markdown table: yes, FAIL, or – for what the client does not offer to anyone. */
export function matrixOf(results: readonly StepResult[]): string {
  const rows = new Map<string, StepResult[]>()
  for (const result of results) rows.set(result.client, [...(rows.get(result.client) ?? []), result])
  const head = `| client | ${stepNames.join(' | ')} |`
  const rule = `| --- |${' :-: |'.repeat(stepNames.length)}`
  const lines = Array.from(rows, ([client, own]) => {
    const cells = stepNames.map((name) => {
      const kind = own.find((result) => result.name === name)?.outcome.kind
      return kind === undefined ? 'FAIL' : marks[kind]
    })
    return `| ${client} ${own[0]?.version ?? ''} | ${cells.join(' | ')} |`
  })
  const faults = results.flatMap(({ client, name, outcome }) =>
    outcome.kind === 'fail' ? [`- ${client}, ${name}: ${outcome.reason}`] : [],
  )
  return [head, rule, ...lines, ...(faults.length === 0 ? [] : ['', ...faults])].join('\n')
}
