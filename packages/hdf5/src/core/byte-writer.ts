/** Little-endian bytes, appended; grows as needed. */
export class ByteWriter {
  private bytes = new Uint8Array(256)
  private view = new DataView(this.bytes.buffer)
  length = 0

  private room(more: number): number {
    const at = this.length
    const needed = at + more
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
      grown.set(this.bytes.subarray(0, at))
      this.bytes = grown
      this.view = new DataView(grown.buffer)
    }
    this.length = needed
    return at
  }

  u8(...values: readonly number[]): this {
    let at = this.room(values.length)
    for (const value of values) {
      this.bytes[at] = value
      at += 1
    }
    return this
  }

  u16(value: number): this {
    const at = this.room(2)
    this.view.setUint16(at, value, true)
    return this
  }

  u32(value: number): this {
    const at = this.room(4)
    this.view.setUint32(at, value, true)
    return this
  }

  u64(value: number | bigint): this {
    const at = this.room(8)
    this.view.setBigUint64(at, BigInt(value), true)
    return this
  }

  raw(value: Uint8Array): this {
    const at = this.room(value.length)
    this.bytes.set(value, at)
    return this
  }

  text(value: string): this {
    return this.raw(new TextEncoder().encode(value))
  }

  /** Zero bytes up to the next multiple of `unit`. */
  pad(unit: number): this {
    const rest = this.length % unit
    return rest > 0 ? this.zeros(unit - rest) : this
  }

  zeros(count: number): this {
    const at = this.room(count)
    this.bytes.fill(0, at, at + count)
    return this
  }

  done(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }
}
