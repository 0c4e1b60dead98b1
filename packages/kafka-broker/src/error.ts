/** What went wrong with the broker as a whole; clients of the protocol get Kafka's own codes instead. */
export type BrokerErrorCode =
  | 'BROKER_CONFIG_INVALID'
  | 'BROKER_INSECURE'
  | 'BROKER_DATA_LOCKED'
  | 'BROKER_DATA_UNREADABLE'

export const brokerErrorCodes = [
  'BROKER_CONFIG_INVALID',
  'BROKER_INSECURE',
  'BROKER_DATA_LOCKED',
  'BROKER_DATA_UNREADABLE',
] as const satisfies readonly BrokerErrorCode[]

/** The one error class of the package; tell errors apart by `code`. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError'
  readonly code: BrokerErrorCode
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly remedy: string
  readonly canRetry: boolean

  constructor(facts: {
    readonly code: BrokerErrorCode
    readonly message: string
    readonly fault: BrokerError['fault']
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
