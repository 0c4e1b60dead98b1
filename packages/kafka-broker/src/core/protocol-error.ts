/** The peer's bytes do not follow the grammar. Caught once where a connection handles a request, and closes the connection. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}
