export const workerHostErrorCodes = [
  'WORKER_SPEC_INVALID',
  'WORKER_SOCKET_UNAVAILABLE',
  'WORKER_CONNECTION_CLOSED',
  'WORKER_REQUEST_TIMEOUT',
  'WORKER_REJECTED',
  'WORKER_FAILED',
  'WORKER_STARTUP_FAILED',
  'WORKER_BUS_UNAVAILABLE',
  'WORKER_SPOOL_FULL',
  'WORKER_SPOOL_IO',
] as const

export type WorkerHostErrorCode = (typeof workerHostErrorCodes)[number]

/** The one error class of this package; tell errors apart by `code`. */
export class WorkerHostError extends Error {
  override readonly name = 'WorkerHostError'
  readonly code: WorkerHostErrorCode
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly remedy: string
  readonly canRetry: boolean
  /** The worker's own words without code, for replies that are shown to a user. */
  readonly reason: string
  /** Stack trace of user code, where there is one. */
  readonly traceback: string

  constructor(f: {
    code: WorkerHostErrorCode
    message: string
    fault: WorkerHostError['fault']
    remedy: string
    canRetry?: boolean
    traceback?: string
    cause?: unknown
  }) {
    super(`${f.code}: ${f.message}`, { cause: f.cause })
    this.code = f.code
    this.fault = f.fault
    this.remedy = f.remedy
    this.canRetry = f.canRetry ?? false
    this.reason = f.message
    this.traceback = f.traceback ?? ''
  }
}
