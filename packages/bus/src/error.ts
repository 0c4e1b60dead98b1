/** What went wrong on the bus. */
export type BusErrorCode =
  | 'BUS_UNAVAILABLE'
  | 'BUS_AUTHENTICATION'
  | 'BUS_TOPIC_UNKNOWN'
  | 'BUS_TOPIC_EXISTS'
  | 'BUS_TOPIC_INVALID'
  | 'BUS_RECORD_TOO_LARGE'
  | 'BUS_DELIVERY_TIMEOUT'
  | 'BUS_OFFSET_LOST'
  | 'BUS_GROUP_BUSY'
  | 'BUS_GROUP_UNKNOWN'
  | 'BUS_REFUSED'
  | 'BUS_CLOSED'

export const busErrorCodes = [
  'BUS_UNAVAILABLE',
  'BUS_AUTHENTICATION',
  'BUS_TOPIC_UNKNOWN',
  'BUS_TOPIC_EXISTS',
  'BUS_TOPIC_INVALID',
  'BUS_RECORD_TOO_LARGE',
  'BUS_DELIVERY_TIMEOUT',
  'BUS_OFFSET_LOST',
  'BUS_GROUP_BUSY',
  'BUS_GROUP_UNKNOWN',
  'BUS_REFUSED',
  'BUS_CLOSED',
] as const satisfies readonly BusErrorCode[]

/** The one error class of the package; tell errors apart by `code`. */
export class BusError extends Error {
  override readonly name = 'BusError'
  readonly code: BusErrorCode
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly remedy: string
  readonly canRetry: boolean

  constructor(facts: {
    readonly code: BusErrorCode
    readonly message: string
    readonly fault: BusError['fault']
    readonly remedy: string
    readonly canRetry?: boolean
    readonly cause?: unknown
  }) {
    super(`${facts.code}: ${facts.message}`, { cause: facts.cause })
    this.code = facts.code
    this.fault = facts.fault
    this.remedy = facts.remedy
    this.canRetry = facts.canRetry ?? false
  }
}
