import { ecaName } from './dbr/eca.ts'

/** What can go wrong. Meaning and remedy: README, "Errors". */
export const caErrorCodes = {
  CA_DISCONNECTED: [
    'environment',
    true,
    'Wait for connected(), then ask again; a put may or may not have been executed.',
  ],
  CA_UNRESPONSIVE: [
    'environment',
    true,
    'The server host or its network hangs; wait for connected(), then ask again.',
  ],
  CA_NO_READ_ACCESS: [
    'environment',
    false,
    'Ask for read access on the server, or wait for the access event.',
  ],
  CA_NO_WRITE_ACCESS: [
    'environment',
    false,
    'Ask for write access on the server, or wait for the access event.',
  ],
  CA_READ_FAILED: ['peer', true, 'Look at eca and at the log of the server.'],
  CA_WRITE_FAILED: ['peer', false, 'Look at eca; the record refused the value or is busy with another put.'],
  CA_SUBSCRIBE_FAILED: ['peer', false, 'Look at eca; the server refused the type, count or mask.'],
  CA_TOO_LARGE: ['caller', false, 'Ask for fewer elements, or raise maxPayloadBytes.'],
  CA_VALUE_UNFIT: [
    'caller',
    false,
    'Give a value that the type can hold; see the channel info for type and count.',
  ],
  CA_NAME_INVALID: ['caller', false, 'Give a PV name of 1 to 500 bytes without NUL.'],
  CA_OPTION_INVALID: ['caller', false, 'Correct the option or environment variable that the message names.'],
  CA_PEER_MALFORMED: ['peer', true, 'The server broke the protocol; look at its version and log.'],
  CA_ABORTED: ['caller', true, 'The signal of the call was aborted; its reason is the cause.'],
  CA_CLOSED: ['caller', false, 'The channel or context was closed; open another.'],
} as const satisfies Record<string, readonly ['caller' | 'peer' | 'environment', boolean, string]>

export type CaErrorCode = keyof typeof caErrorCodes

/** Everything this package throws or rejects with. `eca` is the status of the server where it gave one. */
export class CaError extends Error {
  override readonly name = 'CaError'
  readonly code: CaErrorCode
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly remedy: string
  readonly canRetry: boolean
  readonly eca: number | null

  constructor(
    code: CaErrorCode,
    message: string,
    more?: { readonly eca?: number; readonly cause?: unknown },
  ) {
    const [fault, canRetry, remedy] = caErrorCodes[code]
    const eca = more?.eca ?? null
    super(`${code}: ${message}${eca === null ? '' : ` (ECA_${ecaName(eca)})`}`, { cause: more?.cause })
    this.code = code
    this.fault = fault
    this.remedy = remedy
    this.canRetry = canRetry
    this.eca = eca
  }
}
