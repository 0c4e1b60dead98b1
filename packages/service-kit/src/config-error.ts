export type ConfigErrorCode =
  | 'CONFIG_INVALID'
  | 'CONFIG_UNREADABLE'
  | 'CONFIG_ADDRESS_IN_USE'
  | 'CONFIG_ADDRESS_UNUSABLE'
  | 'CONFIG_DIRECTORY_UNUSABLE'
  | 'CONFIG_ALREADY_RUNNING'
  | 'SERVICE_SOCKET_UNREACHABLE'

/** Where a value was written. Line and column count from 1; null where the origin has none. */
export interface SourcePosition {
  readonly file: string
  readonly line: number | null
  readonly column: number | null
}

/** One thing that is wrong with the configuration, with what to do about it. */
export interface ConfigProblem {
  readonly severity: 'error' | 'warning'
  readonly key: string
  readonly position: SourcePosition | null
  readonly what: string
  readonly remedy: string
}

/** `file:line:col key: what, what to do`: the line that `beamtime config check` prints. */
export function formatProblem(problem: ConfigProblem): string {
  const { position } = problem
  const place =
    position === null
      ? ''
      : position.line === null
        ? `${position.file} `
        : `${position.file}:${position.line}:${position.column ?? 1} `
  const mark = problem.severity === 'warning' ? 'warning: ' : ''
  return `${place}${problem.key}: ${mark}${problem.what}, ${problem.remedy}`
}

/** What keeps a service from starting as configured. Processes that end with it use exit code 78 and are not restarted. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code: ConfigErrorCode
  readonly fault: 'caller' | 'environment'
  readonly remedy: string
  readonly canRetry = false
  readonly problems: readonly ConfigProblem[]
  constructor(f: {
    code: ConfigErrorCode
    message: string
    remedy: string
    fault?: ConfigError['fault']
    problems?: readonly ConfigProblem[]
    cause?: unknown
  }) {
    super(`${f.code}: ${f.message}`, { cause: f.cause })
    this.code = f.code
    this.fault = f.fault ?? 'caller'
    this.remedy = f.remedy
    this.problems = f.problems ?? []
  }
}

/** All problems of one reading as one error: the text holds a line for each. */
export function configErrorOf(problems: readonly ConfigProblem[]): ConfigError {
  const errors = problems.filter((problem) => problem.severity === 'error')
  return new ConfigError({
    code: 'CONFIG_INVALID',
    message: errors.map(formatProblem).join('\n'),
    remedy: errors.length === 1 ? (errors[0]?.remedy ?? '') : 'correct each line named above',
    problems,
  })
}
