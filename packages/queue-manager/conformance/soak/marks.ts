import { closeSync, openSync, readSync } from 'node:fs'

/** The lines that plans left in a file, counted by key; read on from where the last reading ended. */
export class Marks {
  readonly #file: number
  readonly #begins = new Map<string, number>()
  readonly #ends = new Map<string, number>()
  #offset = 0
  #rest = ''

  constructor(path: string) {
    this.#file = openSync(path, 'a+')
  }

  read(): void {
    const buffer = Buffer.alloc(65_536)
    for (;;) {
      const bytes = readSync(this.#file, buffer, 0, buffer.length, this.#offset)
      if (bytes === 0) return
      this.#offset += bytes
      const lines = (this.#rest + buffer.toString('latin1', 0, bytes)).split('\n')
      this.#rest = lines.pop() ?? ''
      for (const line of lines) {
        const [what, key = ''] = line.split(' ')
        const counts = what === 'begin' ? this.#begins : this.#ends
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
    }
  }

  /** A copy of how often each began. */
  allBegins(): ReadonlyMap<string, number> {
    return new Map(this.#begins)
  }

  begins(key: string): number {
    return this.#begins.get(key) ?? 0
  }

  ends(key: string): number {
    return this.#ends.get(key) ?? 0
  }

  get executions(): number {
    return Array.from(this.#begins.values()).reduce((sum, times) => sum + times, 0)
  }

  close(): void {
    closeSync(this.#file)
  }
}
