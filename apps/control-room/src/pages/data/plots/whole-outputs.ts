import type { ShownOutput } from './shown-output.ts'

/** Outputs whose arrays the page itself works with, such as regions: told when they change, not with each result. */
export interface WholeOutputs {
  want(key: string, isWanted: boolean, now: ShownOutput | null): void
  onResult(key: string, output: ShownOutput | null): void
}

export function createWholeOutputs(tell: (key: string, output: ShownOutput) => void): WholeOutputs {
  const told = new Map<string, { wanted: number; output: ShownOutput | null }>()
  return {
    want(key, isWanted, now) {
      const entry = told.get(key) ?? { wanted: 0, output: null }
      told.set(key, entry)
      entry.wanted += isWanted ? 1 : -1
      if (entry.wanted <= 0) told.delete(key)
      else if (isWanted && now !== null) {
        entry.output = now
        tell(key, now)
      }
    },
    onResult(key, output) {
      const entry = told.get(key)
      if (entry === undefined || output === null) return
      if (entry.output !== null && isSameOutput(entry.output, output)) return
      entry.output = output
      tell(key, output)
    },
  }
}

/** Same shape, units and numbers; times aside. */
export function isSameOutput(a: ShownOutput, b: ShownOutput): boolean {
  if (a.unit !== b.unit || a.axes.join() !== b.axes.join() || a.coords.size !== b.coords.size) return false
  if (!isSameArray(a.shape, b.shape) || !isSameArray(a.values, b.values)) return false
  return [...a.coords].every(([name, { values, unit }]) => {
    const other = b.coords.get(name)
    return other?.unit === unit && isSameArray(values, other.values)
  })
}

function isSameArray(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (!Object.is(a[i], b[i])) return false
  return true
}
