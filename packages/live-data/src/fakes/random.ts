/** Numbers that repeat with their seed. */
export interface Random {
  /** 32 random bits. */
  bits(): number
  /** Evenly in [0, 1). */
  unit(): number
  /** Normally distributed: mean 0, standard deviation 1. */
  normal(): number
  poisson(mean: number): number
}

/** xoshiro128**, seeded by splitmix32. */
export function random(seed: number): Random {
  const split = splitmix(seed)
  let a = split()
  let b = split()
  let c = split()
  let d = split()
  const bits = (): number => {
    const mixed = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return mixed
  }
  const unit = (): number => bits() / 2 ** 32
  return {
    bits,
    unit,
    normal: () => normalQuantiles[bits() >>> 16] ?? 0,
    poisson(mean) {
      const limit = Math.exp(-mean)
      let count = 0
      for (let product = unit(); product > limit; product *= unit()) count += 1
      return count
    },
  }
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by))
}

function splitmix(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return mixed ^ (mixed >>> 15)
  }
}

/** 65 536 quantiles of the standard normal distribution: a draw is one look-up, tails end at 4.2. */
export const normalQuantiles: Float64Array = quantiles(65_536)

function quantiles(count: number): Float64Array {
  // The distribution function summed in small steps, read backwards.
  const table = new Float64Array(count)
  const step = 1 / 4_096
  let below = 0
  let at = 0
  const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
  for (let x = -6; x < 6 && at < count; x += step) {
    // Simpson's rule over one step.
    const share = ((density(x) + 4 * density(x + step / 2) + density(x + step)) * step) / 6
    while (at < count && (at + 0.5) / count <= below + share) {
      table[at] = x + (step * ((at + 0.5) / count - below)) / share
      at += 1
    }
    below += share
  }
  return table
}
