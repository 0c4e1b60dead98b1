import type { WebSocket } from 'ws'

/** Above this many bytes in the socket a client is slow. */
const congestionBytes = 4 * 1024 * 1024
const checkEveryMs = 200

/** The sending side of one socket. */
export interface Outbox {
  readonly congested: boolean
  text(message: unknown): void
  binary(bytes: Uint8Array): void
  /** Calls back once when the congestion is over. */
  whenClear(callback: () => void): void
  close(): void
}

export function openOutbox(socket: WebSocket): Outbox {
  const waiting = new Set<() => void>()
  let timer: NodeJS.Timeout | null = null
  const isCongested = (): boolean => socket.bufferedAmount > congestionBytes
  const check = (): void => {
    if (isCongested()) return
    if (timer !== null) clearInterval(timer)
    timer = null
    const callbacks = [...waiting]
    waiting.clear()
    for (const callback of callbacks) callback()
  }
  return {
    get congested() {
      return isCongested()
    },
    text(message) {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
    },
    binary(bytes) {
      // Numbers hardly shrink, and compressing them is the classic stall.
      if (socket.readyState === socket.OPEN) socket.send(bytes, { binary: true, compress: false })
    },
    whenClear(callback) {
      waiting.add(callback)
      timer ??= setInterval(check, checkEveryMs)
    },
    close() {
      if (timer !== null) clearInterval(timer)
      waiting.clear()
    },
  }
}
