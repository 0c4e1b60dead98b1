/** Every code that this package throws; the README tells what each means. */
export const eventModelErrorCodes = [
  'EVENT_MODEL_INVALID',
  'EVENT_MODEL_KEYS_MISMATCH',
  'EVENT_MODEL_COLUMN_LENGTHS',
  'EVENT_MODEL_RESERVED_METADATA',
  'EVENT_MODEL_RUN_STOPPED',
  'EVENT_MODEL_EMPTY_PAGE',
  'EVENT_MODEL_MALFORMED',
  'EVENT_MODEL_UNKNOWN_NAME',
  'EVENT_MODEL_PICKLE_REFUSED',
  'EVENT_MODEL_NOT_SERIALISABLE',
  'EVENT_MODEL_FOREIGN_KEY',
  'EVENT_MODEL_NO_HANDLER',
  'EVENT_MODEL_DATA_NOT_ACCESSIBLE',
] as const

export type EventModelErrorCode = (typeof eventModelErrorCodes)[number]

/** The only error this package throws. Tell cases apart by `code`. */
export class EventModelError extends Error {
  override readonly name = 'EventModelError'
  readonly code: EventModelErrorCode
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly remedy: string
  readonly canRetry: boolean
  constructor(f: {
    code: EventModelErrorCode
    message: string
    fault: EventModelError['fault']
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
