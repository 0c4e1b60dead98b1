import type { Publisher, Router } from 'zeromq'
import { QueueManagerError } from './error.ts'
import type { SocketOptions } from './socket-options.ts'

/** Binds and returns the address in use. Throws QUEUE_ADDRESS_IN_USE or QUEUE_ADDRESS_INVALID, naming the key to change. */
export async function bindSocket(
  socket: Router | Publisher,
  { address, key }: SocketOptions,
): Promise<string> {
  try {
    await socket.bind(address)
    return socket.lastEndpoint ?? address
  } catch (cause) {
    socket.close()
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : ''
    const taken = code === 'EADDRINUSE'
    throw new QueueManagerError({
      code: taken ? 'QUEUE_ADDRESS_IN_USE' : 'QUEUE_ADDRESS_INVALID',
      message: taken ? `${address} is in use by another program` : `cannot bind ${address} (${String(code)})`,
      fault: 'environment',
      remedy: `Stop the other program or change ${key}.`,
      cause,
    })
  }
}
