export type QueueClientErrorCode =
  | 'QUEUE_TIMEOUT'
  | 'QUEUE_CLOSED'
  | 'QUEUE_ABORTED'
  | 'QUEUE_ADDRESS_INVALID'
  | 'QUEUE_KEY_INVALID'
  | 'QUEUE_REPLY_MALFORMED'
  | 'QUEUE_REQUEST_INVALID'

/** The only error that this package throws. Tell errors apart by `code`. */
export class QueueClientError extends Error {
  override readonly name = 'QueueClientError'
  readonly code: QueueClientErrorCode
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly remedy: string
  readonly canRetry: boolean
  constructor(f: {
    code: QueueClientErrorCode
    message: string
    fault: QueueClientError['fault']
    remedy: string
    canRetry?: boolean
    cause?: unknown
  }) {
    super(`${f.code}: ${f.message}`, { cause: f.cause })
    this.code = f.code
    this.fault = f.fault
    this.remedy = f.remedy
    this.canRetry = f.canRetry ?? false
  }
}
