const page = 65_536
/** Chunks are written together until they have so many bytes; a larger one is written alone. */
const wantedBytes = 16_777_216

/** Chunks one after the other, each on 8 bytes, in memory that begins on a page: what a write past the page cache needs. */
export class GatheredChunks {
  private memory = new WebAssembly.Memory({ initial: wantedBytes / page })
  private list: { readonly at: number; readonly bytes: number }[] = []
  private end = 0

  /** From the first byte on. */
  get chunks(): readonly { readonly at: number; readonly bytes: number }[] {
    return this.list
  }

  get length(): number {
    return this.end
  }

  /** Whether a chunk of so many bytes is put beside the others. */
  fits(bytes: number): boolean {
    return this.end === 0 || this.end + bytes + page <= this.memory.buffer.byteLength
  }

  put(chunk: Uint8Array): void {
    const at = this.end
    const missing = at + chunk.length + page - this.memory.buffer.byteLength
    if (missing > 0) this.memory.grow(Math.ceil(missing / page))
    this.end = Math.ceil((at + chunk.length) / 8) * 8
    const all = new Uint8Array(this.memory.buffer)
    all.set(chunk, at)
    all.fill(0, at + chunk.length, this.end)
    this.list.push({ at, bytes: chunk.length })
  }

  /** All of them, with zeros up to a multiple of `unit`. */
  bytes(unit: number): Uint8Array {
    const padded = Math.ceil(this.end / unit) * unit
    return new Uint8Array(this.memory.buffer, 0, padded).fill(0, this.end)
  }

  clear(): void {
    this.list = []
    this.end = 0
  }
}
