/** Numbers of one entry. */
export const descriptorWords = 16

const headerInts = 4

/** Bytes of a queue of `capacity` entries. */
export function descriptorQueueBytes(capacity: number): number {
  return headerInts * 4 + capacity * descriptorWords * 8
}

/** A queue between two threads in shared memory: one pushes, one pops. `capacity` is a power of two. */
export class DescriptorQueue {
  private readonly ends: Int32Array
  private readonly entries: Float64Array
  private readonly capacity: number

  constructor(buffer: SharedArrayBuffer, at: { readonly offset: number; readonly capacity: number }) {
    this.ends = new Int32Array(buffer, at.offset, headerInts)
    this.entries = new Float64Array(buffer, at.offset + headerInts * 4, at.capacity * descriptorWords)
    this.capacity = at.capacity
  }

  get length(): number {
    return (Atomics.load(this.ends, 0) - Atomics.load(this.ends, 1)) | 0
  }

  /** False when the queue is full. */
  push(entry: Float64Array): boolean {
    const head = Atomics.load(this.ends, 0)
    if (((head - Atomics.load(this.ends, 1)) | 0) >= this.capacity) return false
    this.entries.set(entry, (head & (this.capacity - 1)) * descriptorWords)
    Atomics.store(this.ends, 0, (head + 1) | 0)
    return true
  }

  /** The first entry without taking it; false when the queue is empty. */
  peek(into: Float64Array, ahead = 0): boolean {
    const tail = Atomics.load(this.ends, 1)
    if (((Atomics.load(this.ends, 0) - tail) | 0) <= ahead) return false
    const at = ((tail + ahead) & (this.capacity - 1)) * descriptorWords
    for (let word = 0; word < descriptorWords; word += 1) into[word] = this.entries[at + word] ?? 0
    return true
  }

  /** Gives back the places of the first `count` entries. */
  drop(count = 1): void {
    Atomics.add(this.ends, 1, count)
  }

  pop(into: Float64Array): boolean {
    if (!this.peek(into)) return false
    this.drop()
    return true
  }

  clear(): void {
    Atomics.store(this.ends, 1, Atomics.load(this.ends, 0))
  }
}

/** Wakes a thread: `wait` blocks until somebody rings or the time is over. Rings that came before count. */
export class Bell {
  private readonly word: Int32Array
  private heard = 0

  constructor(word: Int32Array) {
    this.word = word
  }

  ring(): void {
    Atomics.add(this.word, 0, 1)
    Atomics.notify(this.word, 0)
  }

  /** Blocks this thread. */
  wait(timeoutMs: number): void {
    Atomics.wait(this.word, 0, this.heard, timeoutMs)
    this.heard = Atomics.load(this.word, 0)
  }

  /** Waits without blocking the event loop. */
  async hear(timeoutMs: number): Promise<void> {
    const outcome = Atomics.waitAsync(this.word, 0, this.heard, timeoutMs)
    if (outcome.async) await outcome.value
    this.heard = Atomics.load(this.word, 0)
  }
}
