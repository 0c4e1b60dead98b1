import { evaluateFormula, type Formula } from './formula.ts'

export type MathKind = 'none' | 'derivative' | 'cumulative' | 'mean'

type Doubles = Float64Array

/** y divided by another column; NaN where that is zero or missing. */
export function normalised(y: Doubles, by: Doubles): Doubles {
  return y.map((v, i) => {
    const d = by[i] ?? Number.NaN
    return d === 0 ? Number.NaN : v / d
  })
}

/** Differences against x: the slope between neighbours, placed at the point between them by central differences. */
export function derivative(x: Doubles, y: Doubles): Doubles {
  return y.map((_, i) => {
    const a = Math.max(0, i - 1)
    const b = Math.min(y.length - 1, i + 1)
    const dx = (x[b] ?? 0) - (x[a] ?? 0)
    return dx === 0 ? Number.NaN : ((y[b] ?? 0) - (y[a] ?? 0)) / dx
  })
}

export function cumulative(y: Doubles): Doubles {
  let total = 0
  return y.map((v) => {
    total += Number.isFinite(v) ? v : 0
    return total
  })
}

/** Mean over `window` points centred on each; shorter at the ends. */
export function movingMean(y: Doubles, window = 5): Doubles {
  const half = Math.floor(window / 2)
  return y.map((_, i) => {
    const part = y.subarray(Math.max(0, i - half), i + half + 1)
    return part.reduce((sum, v) => sum + v, 0) / part.length
  })
}

export function applyMath(kind: MathKind, x: Doubles, y: Doubles): Doubles {
  switch (kind) {
    case 'none':
      return y
    case 'derivative':
      return derivative(x, y)
    case 'cumulative':
      return cumulative(y)
    case 'mean':
      return movingMean(y)
  }
}

/** A formula over whole columns; names that are not columns give NaN. */
export function formulaColumn(
  formula: Formula,
  rows: number,
  column: (name: string) => Doubles | undefined,
): Doubles {
  const cache = new Map<string, Doubles | undefined>()
  const out = new Float64Array(rows)
  for (let i = 0; i < rows; i += 1)
    out[i] = evaluateFormula(formula, (name) => {
      if (!cache.has(name)) cache.set(name, column(name))
      return cache.get(name)?.[i] ?? Number.NaN
    })
  return out
}
