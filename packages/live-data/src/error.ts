export const liveDataErrorCodes = [
  'LIVEDATA_INSTRUMENT_UNKNOWN',
  'LIVEDATA_MESSAGE_WRONG',
  'LIVEDATA_NOT_ACKNOWLEDGED',
  'LIVEDATA_REFUSED',
  'LIVEDATA_LAYOUT_WRONG',
  'LIVEDATA_JOB_FAILED',
  'LIVEDATA_JOB_SILENT',
  'LIVEDATA_JOB_RESET',
  'LIVEDATA_TIMEOUT',
] as const
export type LiveDataErrorCode = (typeof liveDataErrorCodes)[number]

/** Everything this package throws. Codes and remedies: README, "Errors". */
export class LiveDataError extends Error {
  override readonly name = 'LiveDataError'
  readonly code: LiveDataErrorCode
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly remedy: string
  readonly canRetry: boolean
  /** The sentence alone, as acknowledgements carry it. */
  readonly detail: string

  constructor(f: {
    readonly code: LiveDataErrorCode
    readonly message: string
    readonly fault: LiveDataError['fault']
    readonly remedy: string
    readonly canRetry?: boolean
    readonly cause?: unknown
  }) {
    super(`${f.code}: ${f.message}`, { cause: f.cause })
    this.code = f.code
    this.fault = f.fault
    this.remedy = f.remedy
    this.canRetry = f.canRetry ?? false
    this.detail = f.message
  }
}
