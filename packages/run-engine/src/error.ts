/** Every code that this package throws; the README tells what each means. */
export const runEngineErrorCodes = [
  'RUN_TRANSITION',
  'RUN_INTERRUPTED',
  'RUN_FAILED_PAUSE',
  'RUN_REQUEST_STOP',
  'RUN_REQUEST_ABORT',
  'RUN_INVALID_COMMAND',
  'RUN_MESSAGE_SEQUENCE',
  'RUN_BAD_MESSAGE',
  'RUN_FAILED_STATUS',
  'RUN_WAIT_TIMEOUT',
  'RUN_METADATA_REFUSED',
  'RUN_NO_OPERATOR',
  'RUN_NO_REPLAY',
  'RUN_ASSET_REFUSED',
  'RUN_FOREIGN_ERROR',
  'PLAN_ARGUMENT',
  'PLAN_RAMP_TIMEOUT',
  'STATUS_TIMEOUT',
  'STATUS_ALREADY_DONE',
  'DEVICE_PROTOCOL',
  'DEVICE_LIMITS',
  'DEVICE_READ_ONLY',
  'DEVICE_FAULT',
  'DEVICE_STOPPED',
  'SUSPENDER_ARGUMENT',
] as const

export type RunEngineErrorCode = (typeof runEngineErrorCodes)[number]

interface ErrorFields {
  readonly code: RunEngineErrorCode
  /** The bare sentence; `message` puts the code in front of it. */
  readonly text: string
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly remedy: string
  readonly canRetry?: boolean
  readonly cause?: unknown
}

/** The only error this package throws. Tell cases apart by `code`. */
export class RunEngineError extends Error {
  override readonly name = 'RunEngineError'
  readonly code: RunEngineErrorCode
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly remedy: string
  readonly canRetry: boolean
  /** The sentence without the code: what a stop document's `reason` says. */
  readonly text: string
  constructor(f: ErrorFields) {
    super(`${f.code}: ${f.text}`, { cause: f.cause })
    this.code = f.code
    this.text = f.text
    this.fault = f.fault
    this.remedy = f.remedy
    this.canRetry = f.canRetry ?? false
  }
}

/** True for an error of this package, of one code if given. Works across copies of the package. */
export function isRunEngineError(error: unknown, code?: RunEngineErrorCode): error is RunEngineError {
  return (
    error instanceof Error &&
    error.name === 'RunEngineError' &&
    (code === undefined || ('code' in error && error.code === code))
  )
}

/** What a stop document's `reason` says about an error: its sentence, without our code. */
export function errorText(error: unknown): string {
  if (isRunEngineError(error)) return error.text
  return error instanceof Error ? error.message : String(error)
}

/** User code may throw anything; the engine handles errors only. */
export function toError(value: unknown): Error {
  if (value instanceof Error) return value
  return new RunEngineError({
    code: 'RUN_FOREIGN_ERROR',
    text: String(value),
    fault: 'caller',
    remedy: 'Throw an Error, not a plain value.',
    cause: value,
  })
}

/** A plan or a device asked for something that the vocabulary forbids at this point. */
export function messageSequenceError(text: string): RunEngineError {
  return new RunEngineError({
    code: 'RUN_MESSAGE_SEQUENCE',
    text,
    fault: 'caller',
    remedy: 'Put the messages of the plan into a legal order.',
  })
}

/** A message lacks an argument or has one of the wrong kind. */
export function badMessage(text: string, cause?: unknown): RunEngineError {
  return new RunEngineError({
    code: 'RUN_BAD_MESSAGE',
    text,
    fault: 'caller',
    remedy: 'Correct the message in the plan.',
    cause,
  })
}

/** A plan was called with arguments that make no sense. */
export function planArgumentError(text: string): RunEngineError {
  return new RunEngineError({
    code: 'PLAN_ARGUMENT',
    text,
    fault: 'caller',
    remedy: "Correct the plan's arguments.",
  })
}
