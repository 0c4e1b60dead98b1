/** The peer's bytes do not follow the grammar. Caught once where a connection handles a request, and closes the connection. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'

  /** Whoever sends bytes can cause it as often as they like: taking down the stack, which nobody looks at, would cost more than the rest. */
  constructor(message: string) {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = limit
  }
}
