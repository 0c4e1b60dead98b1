/** Every code that this package throws; the README tells what each means. */
export const storeErrorCodes = [
  'STORE_CATALOG_NAME',
  'STORE_TOPIC_MAP',
  'STORE_MODE_UNAVAILABLE',
  'STORE_UNWRITABLE',
  'STORE_FORMAT_NEWER',
  'STORE_CLOSED',
  'STORE_RUN_UNKNOWN',
  'STORE_STREAM_UNKNOWN',
  'STORE_COLUMN_UNKNOWN',
  'STORE_QUERY',
  'STORE_READ_ONLY',
  'STORE_DUPLICATE',
  'STORE_ORPHAN',
  'STORE_MALFORMED',
] as const

export type StoreErrorCode = (typeof storeErrorCodes)[number]

/** The only error this package throws of its own. Tell cases apart by `code`. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly remedy: string
  readonly canRetry: boolean
  constructor(f: {
    code: StoreErrorCode
    message: string
    fault: StoreError['fault']
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
