export type CliErrorCode = 'CLI_USAGE' | 'CLI_NOT_RUNNING' | 'CLI_REJECTED' | 'CLI_NOT_FOUND' | 'CLI_FAILED'

/** What a command cannot do, with what to do about it. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: CliErrorCode
  readonly fault: 'caller' | 'environment'
  readonly remedy: string
  readonly canRetry: boolean
  constructor(f: {
    code: CliErrorCode
    message: string
    remedy: string
    fault?: CliError['fault']
    canRetry?: boolean
    cause?: unknown
  }) {
    super(`${f.code}: ${f.message}`, { cause: f.cause })
    this.code = f.code
    this.fault = f.fault ?? 'caller'
    this.remedy = f.remedy
    this.canRetry = f.canRetry ?? false
  }
}
