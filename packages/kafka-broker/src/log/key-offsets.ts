import { createHash } from 'node:crypto'

const maxKeys = 2_000_000
const maxKeyBytes = 134_217_728
/** Longer keys are remembered by their digest. */
const longestPlainKey = 64

/** The newest offset of each key of a stretch of log. Bounded: when it is full, the stretch ends. */
export class KeyOffsets {
  readonly #offsets = new Map<string, number>()
  #bytes = 0

  get isFull(): boolean {
    return this.#offsets.size >= maxKeys || this.#bytes >= maxKeyBytes
  }

  add(key: Uint8Array, offset: number): void {
    const name = nameOf(key)
    if (!this.#offsets.has(name)) this.#bytes += name.length
    this.#offsets.set(name, offset)
  }

  /** Whether a later record of the stretch has the same key. */
  isSuperseded(key: Uint8Array, offset: number): boolean {
    return (this.#offsets.get(nameOf(key)) ?? -1) > offset
  }
}

function nameOf(key: Uint8Array): string {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength)
  if (bytes.byteLength <= longestPlainKey) return bytes.toString('latin1')
  return `#${createHash('sha256').update(bytes).digest('base64')}`
}
