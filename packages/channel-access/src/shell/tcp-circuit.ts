import { connect, type Socket } from 'node:net'
import type { Endpoint } from '../core/endpoint.ts'

/** Bytes parsed in one turn of the event loop. */
const turnBytes = 1_048_576
/** Received bytes that may wait before the socket is paused. */
const pauseBytes = 8_388_608

/** Read at once: a waveform comes in a few reads, and nothing is allocated for them. */
const readBytes = 1_048_576

/**
 * Where sockets read into. One for all: a read is handed on before the next one begins. Windows fills it later, so there each socket has
 * its own.
 */
const sharedRead = process.platform === 'win32' ? undefined : new Uint8Array(readBytes)

/** How long a closed circuit may take to send what was asked before. */
const lingerMs = 500

export interface TcpCircuitEvents {
  onOpen(): void
  onBytes(bytes: Uint8Array): void
  /** Received bytes that wait unprocessed changed. */
  onBacklog(unprocessedBytes: number): void
  onEnd(reason: string): void
}

/** The socket of one circuit: writes gathered by turn, reads handed on in bounded portions. */
export interface TcpCircuit {
  send(bytes: Uint8Array): void
  /** Resolves when what was sent so far left for the kernel or the circuit ended. */
  flushed(): Promise<void>
  /** Sends what waits, then ends. Resolves when the socket is closed. */
  close(): Promise<void>
}

export function openTcpCircuit(to: Endpoint, events: TcpCircuitEvents): TcpCircuit {
  const readInto = sharedRead ?? new Uint8Array(readBytes / 16)
  const socket: Socket = connect({
    host: to.address,
    port: to.port,
    noDelay: true,
    keepAlive: true,
    onread: { buffer: readInto, callback: (count) => take(readInto.subarray(0, count)) },
  })
  let outgoing: Uint8Array[] = []
  let scheduled = false
  let ended = false
  const waiting = new Set<() => void>()
  let incoming: Uint8Array[] = []
  let incomingBytes = 0
  let reportedBytes = 0
  let isPaused = false
  let turnLeftBytes = turnBytes
  let resumeTurn: NodeJS.Immediate | undefined
  let reason = 'closed by the server'
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))

  function flush(): void {
    scheduled = false
    if (ended || outgoing.length === 0) return
    const parts = outgoing
    outgoing = []
    socket.write(parts.length === 1 ? (parts[0] ?? new Uint8Array(0)) : Buffer.concat(parts))
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    // After all microtasks, so that the requests of one turn leave in one write.
    process.nextTick(flush)
  }

  /** Hands on bytes while the turn has room for them. */
  function work(): void {
    while (incoming.length > 0 && turnLeftBytes > 0 && !ended) {
      const chunk = incoming.shift()
      if (chunk === undefined) break
      const part = chunk.subarray(0, turnLeftBytes)
      if (part.length < chunk.length) incoming.unshift(chunk.subarray(part.length))
      incomingBytes -= part.length
      turnLeftBytes -= part.length
      events.onBytes(part)
    }
    if (resumeTurn === undefined && !ended) resumeTurn = setImmediate(nextTurn)
  }

  /** Bytes came; they are gone when this returns. False asks the socket to wait. */
  function take(chunk: Uint8Array): boolean {
    if (ended) return true
    let rest = chunk
    if (incoming.length === 0 && turnLeftBytes > 0) {
      const part = chunk.subarray(0, turnLeftBytes)
      turnLeftBytes -= part.length
      rest = chunk.subarray(part.length)
      events.onBytes(part)
      if (resumeTurn === undefined && !isEnded()) resumeTurn = setImmediate(nextTurn)
    }
    if (rest.length === 0) return true
    incoming.push(rest.slice())
    incomingBytes += rest.length
    isPaused = incomingBytes > pauseBytes
    return !isPaused
  }

  function isEnded(): boolean {
    return ended
  }

  function nextTurn(): void {
    resumeTurn = undefined
    turnLeftBytes = turnBytes
    if (incomingBytes !== reportedBytes) {
      reportedBytes = incomingBytes
      events.onBacklog(incomingBytes)
    }
    if (incoming.length === 0) return
    if (incomingBytes < pauseBytes && isPaused) {
      isPaused = false
      socket.resume()
    }
    work()
  }

  function end(why: string): void {
    if (ended) return
    ended = true
    if (resumeTurn !== undefined) clearImmediate(resumeTurn)
    incoming = []
    outgoing = []
    socket.destroy()
    for (const resolve of waiting) resolve()
    waiting.clear()
    events.onEnd(why)
  }

  socket.on('connect', () => events.onOpen())
  socket.on('error', (error) => (reason = error.message))
  socket.on('close', () => {
    // What came before the end still counts.
    turnLeftBytes = Infinity
    work()
    end(reason)
  })
  return {
    send(bytes) {
      if (ended) return
      outgoing.push(bytes)
      schedule()
    },
    flushed() {
      if (ended) return Promise.resolve()
      flush()
      return new Promise((resolve) => {
        const done = (): void => {
          waiting.delete(done)
          resolve()
        }
        waiting.add(done)
        socket.write('', done)
      })
    },
    close() {
      // What was asked last (CLEAR_CHANNEL, a plain put) still leaves.
      flush()
      if (!ended) {
        ended = true
        if (resumeTurn !== undefined) clearImmediate(resumeTurn)
        for (const resolve of waiting) resolve()
        waiting.clear()
        // A server that stopped reading must not hold us up.
        const giveUp = setTimeout(() => socket.destroy(), lingerMs)
        socket.on('close', () => clearTimeout(giveUp))
        socket.end(() => socket.destroy())
      }
      return closed
    },
  }
}
