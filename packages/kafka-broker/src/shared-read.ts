import { Socket } from 'node:net'

/** What one read of the kernel takes. All connections share it: what is read is taken out before the next read. */
const readBytes = 262_144

let shared: Buffer | null = null

/**
 * A socket that reads into one buffer of the process instead of a new one for each read, which would keep the collector busy.
 * Takes over the connection of `socket`, which has to be paused and new. Null where this Node does not offer it: `socket`
 * is then used as it is. Covered by bench/produce-1k.ts.
 */
export function sharingReads(socket: Socket, onBytes: (bytes: Uint8Array) => void): Socket | null {
  const inner = socket as unknown as { _handle: object | null }
  const handle = inner._handle
  if (handle === null || !('useUserBuffer' in handle)) return null
  shared ??= Buffer.allocUnsafeSlow(readBytes)
  const callback = (count: number, buffer: Uint8Array): boolean => {
    onBytes(buffer.subarray(0, count))
    return true
  }
  const options = { handle, onread: { buffer: shared, callback } }
  inner._handle = null
  const own = new Socket(options as unknown as ConstructorParameters<typeof Socket>[0])
  // The server counts the socket that it made.
  own.once('close', () => socket.destroy())
  return own
}
