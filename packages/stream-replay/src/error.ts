export type ReplayErrorCode =
  | 'REPLAY_USAGE'
  | 'REPLAY_BROKER_UNREACHABLE'
  | 'REPLAY_REFUSED_BY_BROKER'
  | 'REPLAY_TOPIC_UNKNOWN'
  | 'REPLAY_TOPIC_EXISTS'
  | 'REPLAY_RECORDING_UNKNOWN'
  | 'REPLAY_RECORDING_EXISTS'
  | 'REPLAY_RECORDING_DAMAGED'
  | 'REPLAY_BATCH_DAMAGED'
  | 'REPLAY_FORMAT_UNKNOWN'
  | 'REPLAY_FILE_UNREADABLE'
  | 'REPLAY_NOT_ALLOWED'
  | 'REPLAY_INCOMPLETE'
  | 'REPLAY_UNKNOWN_ID'
  | 'REPLAY_SERVICE_AWAY'

export const replayErrorCodes = [
  'REPLAY_USAGE',
  'REPLAY_BROKER_UNREACHABLE',
  'REPLAY_REFUSED_BY_BROKER',
  'REPLAY_TOPIC_UNKNOWN',
  'REPLAY_TOPIC_EXISTS',
  'REPLAY_RECORDING_UNKNOWN',
  'REPLAY_RECORDING_EXISTS',
  'REPLAY_RECORDING_DAMAGED',
  'REPLAY_BATCH_DAMAGED',
  'REPLAY_FORMAT_UNKNOWN',
  'REPLAY_FILE_UNREADABLE',
  'REPLAY_NOT_ALLOWED',
  'REPLAY_INCOMPLETE',
  'REPLAY_UNKNOWN_ID',
  'REPLAY_SERVICE_AWAY',
] as const satisfies readonly ReplayErrorCode[]

const faults: Readonly<Record<ReplayErrorCode, 'caller' | 'peer' | 'environment'>> = {
  REPLAY_USAGE: 'caller',
  REPLAY_BROKER_UNREACHABLE: 'environment',
  REPLAY_REFUSED_BY_BROKER: 'caller',
  REPLAY_TOPIC_UNKNOWN: 'caller',
  REPLAY_TOPIC_EXISTS: 'caller',
  REPLAY_RECORDING_UNKNOWN: 'caller',
  REPLAY_RECORDING_EXISTS: 'caller',
  REPLAY_RECORDING_DAMAGED: 'environment',
  REPLAY_BATCH_DAMAGED: 'peer',
  REPLAY_FORMAT_UNKNOWN: 'caller',
  REPLAY_FILE_UNREADABLE: 'environment',
  REPLAY_NOT_ALLOWED: 'caller',
  REPLAY_INCOMPLETE: 'environment',
  REPLAY_UNKNOWN_ID: 'caller',
  REPLAY_SERVICE_AWAY: 'environment',
}

/** HTTP status of an error. */
export const replayStatus: Readonly<Record<ReplayErrorCode, number>> = {
  REPLAY_USAGE: 400,
  REPLAY_BROKER_UNREACHABLE: 503,
  REPLAY_REFUSED_BY_BROKER: 502,
  REPLAY_TOPIC_UNKNOWN: 404,
  REPLAY_TOPIC_EXISTS: 409,
  REPLAY_RECORDING_UNKNOWN: 404,
  REPLAY_RECORDING_EXISTS: 409,
  REPLAY_RECORDING_DAMAGED: 422,
  REPLAY_BATCH_DAMAGED: 422,
  REPLAY_FORMAT_UNKNOWN: 422,
  REPLAY_FILE_UNREADABLE: 422,
  REPLAY_NOT_ALLOWED: 403,
  REPLAY_INCOMPLETE: 500,
  REPLAY_UNKNOWN_ID: 404,
  REPLAY_SERVICE_AWAY: 503,
}

export function isReplayErrorCode(value: unknown): value is ReplayErrorCode {
  return replayErrorCodes.some((code) => code === value)
}

/** The one error class of the package; tell errors apart by `code`. Meanings and remedies: README, "Errors". */
export class ReplayError extends Error {
  override readonly name = 'ReplayError'
  readonly code: ReplayErrorCode
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly remedy: string
  readonly canRetry: boolean

  constructor(facts: {
    readonly code: ReplayErrorCode
    readonly message: string
    readonly remedy: string
    readonly canRetry?: boolean
    readonly cause?: unknown
  }) {
    super(`${facts.code}: ${facts.message}`, { cause: facts.cause })
    this.code = facts.code
    this.fault = faults[facts.code]
    this.remedy = facts.remedy
    this.canRetry = facts.canRetry ?? facts.code === 'REPLAY_BROKER_UNREACHABLE'
  }
}

export function usage(message: string, remedy: string): ReplayError {
  return new ReplayError({ code: 'REPLAY_USAGE', message, remedy })
}
