export const queueManagerErrorCodes = [
  'QUEUE_ADDRESS_IN_USE',
  'QUEUE_ADDRESS_INVALID',
  'QUEUE_STORE_UNUSABLE',
  'QUEUE_FEATURE_MISSING',
  'QUEUE_KEY_MALFORMED',
  'QUEUE_PERMISSIONS_MALFORMED',
  'QUEUE_PATTERN_MALFORMED',
  'QUEUE_STARTUP_AMBIGUOUS',
] as const

export type QueueManagerErrorCode = (typeof queueManagerErrorCodes)[number]

/** The one error class of this package; tell errors apart by `code`. Refused requests are replies, not errors. */
export class QueueManagerError extends Error {
  override readonly name = 'QueueManagerError'
  readonly code: QueueManagerErrorCode
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly remedy: string
  readonly canRetry: boolean
  /** The text without the code, as it goes into replies. */
  readonly reason: string

  constructor(f: {
    code: QueueManagerErrorCode
    message: string
    fault: QueueManagerError['fault']
    remedy: string
    canRetry?: boolean
    cause?: unknown
  }) {
    super(`${f.code}: ${f.message}`, { cause: f.cause })
    this.code = f.code
    this.fault = f.fault
    this.remedy = f.remedy
    this.canRetry = f.canRetry ?? false
    this.reason = f.message
  }
}
