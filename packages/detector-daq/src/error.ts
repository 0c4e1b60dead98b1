export type DaqErrorCode =
  | 'DAQ_CONFIG_INVALID'
  | 'DAQ_CONFIG_BUSY'
  | 'DAQ_CALIBRATION_UNREADABLE'
  | 'DAQ_PORT_TAKEN'
  | 'DAQ_RECEIVER_UNAVAILABLE'
  | 'DAQ_WRITER_BUSY'
  | 'DAQ_WRITER_FAILED'
  | 'DAQ_REQUEST_REFUSED'
  | 'DAQ_WORKER_FAILED'
  | 'DAQ_UNREACHABLE'
  | 'DAQ_TIMEOUT'
  | 'DAQ_BROKER_UNREACHABLE'
  | 'DAQ_REDIS_UNREACHABLE'
  | 'DAQ_SERVICE_INVALID'

/** Everything this package throws. Codes and remedies: README, "Errors". */
export class DaqError extends Error {
  override readonly name = 'DaqError'
  readonly code: DaqErrorCode
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly remedy: string
  readonly canRetry: boolean
  /** The configuration key that is wrong, where there is one. */
  readonly key: string | undefined
  /** The sentence alone, as the faces show it. */
  readonly detail: string

  constructor(f: {
    readonly code: DaqErrorCode
    readonly message: string
    readonly fault: DaqError['fault']
    readonly remedy: string
    readonly canRetry?: boolean
    readonly key?: string
    readonly cause?: unknown
  }) {
    super(`${f.code}: ${f.message}`, { cause: f.cause })
    this.code = f.code
    this.fault = f.fault
    this.remedy = f.remedy
    this.canRetry = f.canRetry ?? false
    this.key = f.key
    this.detail = f.message
  }
}
