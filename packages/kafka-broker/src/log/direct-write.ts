import { writevSync } from 'node:fs'
import { performance } from 'node:perf_hooks'

/** Up to so many bytes a copy to the page cache is sooner done than handed to another thread. */
const mostBytes = 131_072
/** A write that took longer met a disk that is behind, or a machine that is: writes go to the threads for a while. */
const slowMs = 1
const restMs = 1_000

/**
 * Small writes to the page cache, made in the event loop: the way to a thread of libuv and back is most of the time that
 * the answer to one record takes. A disk that is behind makes even these wait, so that none is tried while larger writes
 * are under way, nor for a second after a slow one; the loop stands still for one of them at most.
 */
export class DirectWrites {
  readonly #write: (fd: number, buffers: readonly Uint8Array[], position: number) => number
  readonly #now: () => number
  #restUntilMs = 0
  #threaded = 0

  constructor(
    write: (fd: number, buffers: readonly Uint8Array[], position: number) => number = (fd, buffers, at) =>
      writevSync(fd, buffers as NodeJS.ArrayBufferView[], at),
    now: () => number = () => performance.now(),
  ) {
    this.#write = write
    this.#now = now
  }

  /** A write on a thread has begun or ended. */
  threadBegins(): void {
    this.#threaded += 1
  }

  threadEnds(): void {
    this.#threaded -= 1
  }

  /** Writes at once and returns the bytes that were taken; 0 when this write belongs to a thread. Throws as writev. */
  tryWrite(fd: number, request: DirectWriteRequest): number {
    const { buffers, totalBytes, position } = request
    if (totalBytes > mostBytes || this.#threaded > 0) return 0
    const startedMs = this.#now()
    if (startedMs < this.#restUntilMs) return 0
    const count = this.#write(fd, buffers, position)
    const endedMs = this.#now()
    if (endedMs - startedMs > slowMs) this.#restUntilMs = endedMs + restMs
    return count
  }
}

export interface DirectWriteRequest {
  readonly buffers: readonly Uint8Array[]
  readonly totalBytes: number
  readonly position: number
}
