import type { CaReading } from '../dbr/dbr-reading.ts'
import type { CaError } from '../error.ts'

/** A monitored value. */
export interface CaUpdate {
  readonly reading: CaReading
  /** The first value after a disconnection. */
  readonly reconnected: boolean
  /** Updates lost right before this one, because they were not taken in time. */
  readonly dropped: number
}

/** Updates that wait for their consumer: bounded in number and bytes, the oldest is dropped and counted. */
export interface UpdateBuffer {
  push(update: { readonly reading: CaReading; readonly reconnected: boolean; readonly bytes: number }): void
  /** Ends the iteration once what waits is taken; with an error it rejects then. */
  end(error?: CaError): void
  next(): Promise<IteratorResult<CaUpdate, undefined>>
  readonly dropped: number
  readonly waiting: number
}

interface Waiting {
  update: CaUpdate
  readonly bytes: number
}

export function createUpdateBuffer(limits: {
  readonly maxUpdates: number
  readonly maxBytes: number
}): UpdateBuffer {
  let queue: Waiting[] = []
  let head = 0
  let bytes = 0
  let dropped = 0
  /** Dropped since the last update that was handed over. */
  let gap = 0
  let ended = false
  let failure: CaError | undefined
  const takers: {
    resolve(result: IteratorResult<CaUpdate, undefined>): void
    reject(error: CaError): void
  }[] = []

  function take(): Waiting | undefined {
    const first = queue[head]
    if (first === undefined) return undefined
    head += 1
    if (head > 64 && head * 2 > queue.length) {
      queue = queue.slice(head)
      head = 0
    }
    bytes -= first.bytes
    return first
  }

  function hand({ update }: Waiting): CaUpdate {
    if (gap === 0) return update
    const whole = { ...update, dropped: gap }
    gap = 0
    return whole
  }

  return {
    push(given) {
      if (ended) return
      const waiting = {
        update: { reading: given.reading, reconnected: given.reconnected, dropped: 0 },
        bytes: given.bytes,
      }
      const taker = takers.shift()
      if (taker !== undefined) {
        taker.resolve({ done: false, value: hand(waiting) })
        return
      }
      let { reconnected } = given
      while (
        queue.length - head > 0 &&
        (queue.length - head >= limits.maxUpdates || bytes + given.bytes > limits.maxBytes)
      ) {
        const lost = take()
        // That a reconnection happened must not be lost with the value.
        reconnected ||= lost?.update.reconnected ?? false
        dropped += 1
        gap += 1
      }
      if (reconnected) {
        const next = queue[head]
        if (next === undefined) waiting.update = { ...waiting.update, reconnected }
        else if (!given.reconnected) next.update = { ...next.update, reconnected }
      }
      queue.push(waiting)
      bytes += given.bytes
    },
    end(error) {
      if (ended) return
      ended = true
      failure = error
      for (const taker of takers.splice(0)) {
        if (failure === undefined) taker.resolve({ done: true, value: undefined })
        else taker.reject(failure)
        failure = undefined
      }
    },
    next() {
      const first = take()
      if (first !== undefined) return Promise.resolve({ done: false, value: hand(first) })
      if (ended) {
        const error = failure
        failure = undefined
        return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error)
      }
      return new Promise((resolve, reject) => takers.push({ resolve, reject }))
    },
    get dropped() {
      return dropped
    },
    get waiting() {
      return queue.length - head
    },
  }
}
