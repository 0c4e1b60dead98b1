import { createHash } from 'node:crypto'

/** Namespace of the ids that plays make, chosen once at random. */
const namespace = Buffer.from('7f1b2d6e0c5a4b0e9f5d3c1a8e6b4d20', 'hex')

/** UUID version 5 (RFC 9562, section 5.5) of a name. */
export function uuid5(name: string): string {
  const hash = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16)
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Numbers that grow by one stretch of their own with each pass, so that passes never share a number. */
export class Renumbering {
  readonly #step: bigint | null
  #min: bigint | null = null
  #max: bigint | null = null

  /** Without a step: as far apart as the numbers seen in the first pass need. */
  constructor(step: bigint | null) {
    this.#step = step
  }

  next(value: bigint, pass: number): bigint {
    if (pass === 0) {
      if (this.#min === null || value < this.#min) this.#min = value
      if (this.#max === null || value > this.#max) this.#max = value
      return value
    }
    const step = this.#step ?? (this.#max ?? 0n) - (this.#min ?? 0n) + 1n
    return value + BigInt(pass) * step
  }
}
