export type StreamFormatErrorCode =
  | 'STREAM_MESSAGE_MALFORMED'
  | 'STREAM_SCHEMA_UNKNOWN'
  | 'STREAM_VALUE_WRONG'
  | 'STREAM_CODEC_UNKNOWN'

/** Everything this package throws. Codes and remedies: README, "Errors". */
export class StreamFormatError extends Error {
  override readonly name = 'StreamFormatError'
  readonly code: StreamFormatErrorCode
  readonly fault: 'caller' | 'peer'
  readonly remedy: string
  readonly canRetry = false

  constructor(f: {
    readonly code: StreamFormatErrorCode
    readonly message: string
    readonly remedy: string
    readonly cause?: unknown
  }) {
    super(`${f.code}: ${f.message}`, { cause: f.cause })
    this.code = f.code
    this.fault = f.code === 'STREAM_VALUE_WRONG' ? 'caller' : 'peer'
    this.remedy = f.remedy
  }
}

export function malformed(message: string): StreamFormatError {
  return new StreamFormatError({
    code: 'STREAM_MESSAGE_MALFORMED',
    message,
    remedy: 'Drop the message and count it; the producer sent bytes that are not what its schema name says.',
  })
}
