import { Socket } from 'node:net'

/** What one read of the kernel takes. All connections share it: what is read is taken out before the next read. */
const readBytes = 262_144

/** After a read of this size others come first. */
const longReadBytes = 262_144

let shared: Buffer | null = null

/** Who takes the bytes of a connection. */
export interface ByteTaker {
  /** Where the next bytes should be put: memory of its own, or (a part of) the buffer that is offered. */
  spaceIn(buffer: Uint8Array): Uint8Array
  /** Bytes came into the buffer that was offered. */
  receive(bytes: Uint8Array): void
  /** Bytes came into the memory that {@link spaceIn} gave. */
  advance(count: number): void
}

/**
 * A socket that reads into one buffer of the process, or straight into a large request, instead of a new buffer for each read,
 * which would keep the collector busy. Takes over the connection of `socket`, which has to be paused and new; `taker` makes
 * who takes its bytes. Null where this Node does not offer it: `socket` is then used as it is. Covered by bench/produce-1k.ts.
 */
export function sharingReads<T extends ByteTaker>(socket: Socket, taker: (own: Socket) => T): T | null {
  const inner = socket as unknown as { _handle?: object | null }
  const handle = inner._handle
  if (handle === undefined || handle === null || !('useUserBuffer' in handle)) return null
  const buffer = (shared ??= Buffer.allocUnsafeSlow(readBytes))
  let takes: T | null = null
  const callback = (count: number, into: Uint8Array): boolean => {
    if (into.buffer === buffer.buffer) takes?.receive(into.subarray(0, count))
    else takes?.advance(count)
    if (count < longReadBytes) return true
    // Without a stop the kernel is asked up to 32 times before other connections have their turn.
    setImmediate(() => {
      if (!own.destroyed && !own.isPaused()) own.resume()
    })
    return false
  }
  // Asked at the beginning and after each read.
  const next = (): Uint8Array => takes?.spaceIn(buffer) ?? buffer
  inner._handle = null
  const options = { handle, onread: { buffer: next, callback } }
  const own = new Socket(options as unknown as ConstructorParameters<typeof Socket>[0])
  // The server counts the socket that it made.
  own.once('close', () => socket.destroy())
  takes = taker(own)
  return takes
}
