/** Bounds the requests that are in memory at once, over all connections. Who is refused is called back in order. */
export class RequestMemory {
  readonly #limitBytes: number
  #usedBytes = 0
  readonly #waiting: { readonly bytes: number; readonly resume: () => void }[] = []

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Takes the bytes, or refuses and calls `resume` once when it is worth asking again. A request above the limit goes alone. */
  reserve(bytes: number, resume: () => void): boolean {
    const fits = this.#usedBytes === 0 || this.#usedBytes + bytes <= this.#limitBytes
    if (!fits || this.#waiting.length > 0) {
      this.#waiting.push({ bytes, resume })
      return false
    }
    this.#usedBytes += bytes
    return true
  }

  release(bytes: number): void {
    this.#usedBytes -= bytes
    for (;;) {
      const next = this.#waiting[0]
      if (next === undefined || (this.#usedBytes > 0 && this.#usedBytes + next.bytes > this.#limitBytes))
        return
      this.#waiting.shift()
      // Taken for it already, so that nobody overtakes it.
      this.#usedBytes += next.bytes
      next.resume()
    }
  }

  /** Ends the wait of a connection that closes. */
  forget(resume: () => void): void {
    const at = this.#waiting.findIndex((waiting) => waiting.resume === resume)
    if (at >= 0) this.#waiting.splice(at, 1)
  }
}
