const sizeBytes = 4

/** Counts answers in the bytes of a connection. */
export class AnswerCounter {
  #size = 0
  #sizeFilled = 0
  #missing = 0

  /** Takes bytes in; returns how many answers are complete with them. */
  count(chunk: Uint8Array): number {
    let complete = 0
    let at = 0
    while (at < chunk.byteLength) {
      if (this.#sizeFilled < sizeBytes) {
        this.#size = ((this.#size << 8) | (chunk[at++] ?? 0)) >>> 0
        this.#sizeFilled++
        if (this.#sizeFilled < sizeBytes) continue
        this.#missing = this.#size
      }
      const take = Math.min(this.#missing, chunk.byteLength - at)
      this.#missing -= take
      at += take
      if (this.#missing > 0) continue
      complete++
      this.#size = 0
      this.#sizeFilled = 0
    }
    return complete
  }
}
