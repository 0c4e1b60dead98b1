/** Reads of fetches are this large; larger ones, for a single large batch, are not kept. */
export const readBufferBytes = 1_048_576 + 16_384
const maxKept = 32

/**
 * Buffers that fetches read files into, used again when their answer is sent: new ones for each read would keep the collector
 * busy. Covered by bench/fetch-1k.ts.
 */
export class ReadBuffers {
  readonly #free: Uint8Array[] = []

  take(bytes: number): Uint8Array {
    if (bytes > readBufferBytes) return Buffer.allocUnsafeSlow(bytes)
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(readBufferBytes)
  }

  /** Nobody reads from it any more. */
  give(buffer: Uint8Array): void {
    if (buffer.byteLength === readBufferBytes && this.#free.length < maxKept) this.#free.push(buffer)
  }
}
