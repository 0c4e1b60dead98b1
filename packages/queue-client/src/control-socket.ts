import { Request, curveKeyPair } from 'zeromq'
import type { ClientKeys } from './client.ts'
import { QueueClientError } from './error.ts'

/** Sending waits at most this long for room in the socket. */
const sendTimeoutMs = 500
/** A closed socket keeps trying to hand over its last message for this long. */
const lingerMs = 100
const maxReplyBytes = 1_073_741_824

export interface ControlSocket {
  /** Sends one request and waits for its answer. After a failure the socket is not usable and must be closed. */
  exchange(body: Uint8Array, timeoutMs: number): Promise<Uint8Array>
  close(): void
}

/** Opens a REQ socket. Connecting happens in the background: an absent manager shows as a timeout of the exchange. */
export function openControlSocket(
  address: string,
  curve: { readonly serverPublicKey: string; readonly clientKeys: ClientKeys | undefined } | null,
): ControlSocket {
  const socket = new Request({
    linger: lingerMs,
    sendTimeout: sendTimeoutMs,
    reconnectInterval: 50,
    reconnectMaxInterval: 1_000,
    maxMessageSize: maxReplyBytes,
  })
  try {
    if (curve !== null) {
      const own = curve.clientKeys ?? curveKeyPair()
      socket.curveServerKey = curve.serverPublicKey
      socket.curvePublicKey = own.publicKey
      socket.curveSecretKey = own.secretKey
    }
    socket.connect(address)
  } catch (cause) {
    socket.close()
    throw new QueueClientError({
      code: 'QUEUE_ADDRESS_INVALID',
      message: `cannot use the control address '${address}'`,
      fault: 'caller',
      remedy: 'Give an address such as tcp://127.0.0.1:60615 or ipc:///path.',
      cause,
    })
  }
  return {
    async exchange(body, timeoutMs) {
      socket.receiveTimeout = timeoutMs
      await socket.send(body)
      const [reply] = await socket.receive()
      return reply ?? new Uint8Array()
    },
    close: () => {
      socket.close()
    },
  }
}
