/** Exit code of a failed command: 2 misuse, 78 a configuration that cannot run (services only), else 1. */
export function exitCodeOfFailure(error: unknown): number {
  const code = codeOf(error)
  return code === 'CLI_USAGE' ? 2 : 1
}

/** What a person reads about a failure: one line, or one for each problem. With --json one object. */
export function failureText(error: unknown, options: { readonly json: boolean }): string {
  const { message, remedy } = partsOf(error)
  if (options.json) return JSON.stringify({ error: { code: codeOf(error) ?? 'CLI_FAILED', message, remedy } })
  const problems = (error as { problems?: readonly unknown[] } | null)?.problems ?? []
  // Problems of a configuration have their remedies in their lines already.
  if (problems.length > 1) return message
  if (remedy === '' || problems.length === 1) return `beamtime: ${message}`
  if (message.includes('\n')) return `beamtime: ${message}\n${remedy}`
  return `beamtime: ${message.replace(/\.$/, '')}; ${remedy}`
}

function partsOf(error: unknown): { readonly message: string; readonly remedy: string } {
  if (!(error instanceof Error)) return { message: String(error), remedy: '' }
  const { remedy } = error as { remedy?: unknown }
  const code = codeOf(error)
  const isOurs = typeof remedy === 'string'
  const text = isOurs ? error.message : (error.stack ?? error.message)
  const message = code !== null && text.startsWith(`${code}: `) ? text.slice(code.length + 2) : text
  return { message, remedy: isOurs ? remedy : '' }
}

function codeOf(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : null
}
