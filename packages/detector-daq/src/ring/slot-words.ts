/* One word a slot says which image it holds: bit 0 being written, bits 1-24 lap (id / slots), bits 25-30 generation (restarts of the
 * detector); -1 never used. Receivers claim, the synchroniser publishes, readers check before and after they use the pixels. */

const lapBits = 24
const lapMask = 2 ** lapBits - 1
const generationMask = 0x3f
const neverUsed = -1

export class SlotWords {
  readonly slots: number
  private readonly words: Int32Array
  private readonly spoiled: Int32Array
  private readonly generationWord: Int32Array

  constructor(parts: {
    readonly words: Int32Array
    readonly spoiled: Int32Array
    readonly generation: Int32Array
  }) {
    this.slots = parts.words.length
    this.words = parts.words
    this.spoiled = parts.spoiled
    this.generationWord = parts.generation
  }

  /** Call once, before the workers start. */
  clear(): void {
    this.words.fill(neverUsed)
  }

  get generation(): number {
    return Atomics.load(this.generationWord, 0)
  }

  /** The detector began again. Of several ports that notice it the first one counts. */
  nextGeneration(seen: number): void {
    Atomics.compareExchange(this.generationWord, 0, seen, seen + 1)
  }

  slotOf(id: number): number {
    return id % this.slots
  }

  /** The word of a slot that holds the image, being written or not. */
  wordOf(id: number, state: { readonly generation: number; readonly isWriting: boolean }): number {
    const lap = Math.floor(id / this.slots) % (lapMask + 1)
    return ((state.generation & generationMask) << (lapBits + 1)) | (lap << 1) | (state.isWriting ? 1 : 0)
  }

  /** Takes the slot for an image, or joins another module that did. False for an image that was published or is older than what is there. */
  claim(id: number, generation: number): boolean {
    const slot = this.slotOf(id)
    const mine = this.wordOf(id, { generation, isWriting: true })
    for (;;) {
      const now = Atomics.load(this.words, slot)
      if (now === mine) return true
      if (now !== neverUsed && now >>> (lapBits + 1) === (generation & generationMask)) {
        const ahead = (((mine >> 1) & lapMask) - ((now >> 1) & lapMask)) & lapMask
        // The same lap: published already. More than half of all laps ahead: behind.
        if (ahead === 0 || ahead > lapMask / 2) return false
      }
      if (Atomics.compareExchange(this.words, slot, now, mine) !== now) continue
      Atomics.store(this.spoiled, slot, 0)
      return true
    }
  }

  /** Whether the slot still belongs to the image that is being written. */
  isOpen(slot: number, word: number): boolean {
    return Atomics.load(this.words, slot) === word
  }

  /** Somebody may have written into a slot that was no longer his. */
  spoil(slot: number): void {
    Atomics.store(this.spoiled, slot, 1)
  }

  /** All modules are there: readers may use it. False when the slot was lost meanwhile. */
  publish(id: number, generation: number): boolean {
    const writing = this.wordOf(id, { generation, isWriting: true })
    return Atomics.compareExchange(this.words, this.slotOf(id), writing, writing & ~1) === writing
  }

  /** Whether the slot holds exactly this image, whole. Readers ask before and after they use the pixels. */
  holds(id: number, generation: number): boolean {
    const slot = this.slotOf(id)
    const word = this.wordOf(id, { generation, isWriting: false })
    return Atomics.load(this.words, slot) === word && Atomics.load(this.spoiled, slot) === 0
  }
}
