import { fermatPoints, spiralPoints, type SpiralShape } from '../plans/spiral-patterns.ts'

/* How many points a call will have, from the values of its parameters as a form has them: devices may still be names. */

type Bound = Readonly<Record<string, unknown>>
type Estimate = { readonly points: number } | null

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null
}

function of(points: number | null): Estimate {
  return points === null ? null : { points }
}

function product(values: readonly (number | null)[]): number | null {
  return values.reduce((all, value) => (all === null || value === null ? null : all * value), 1)
}

/** The parameter `num`. */
export function numEstimate(bound: Bound): Estimate {
  return of(count(bound['num'] ?? 1))
}

/** `num` by name, or at the end of args. */
export function lineEstimate(bound: Bound): Estimate {
  const args = list(bound['args'])
  const last = args.length % 3 === 1 ? args.at(-1) : null
  return of(count(bound['num'] ?? last))
}

/** The length of the lists among args. */
export function listEstimate(bound: Bound): Estimate {
  const lists = list(bound['args']).filter((value) => Array.isArray(value))
  return of(lists[0]?.length ?? null)
}

/** The product of the lengths of the lists among args. */
export function listGridEstimate(bound: Bound): Estimate {
  const lists = list(bound['args']).filter((value) => Array.isArray(value))
  return lists.length === 0 ? null : of(product(lists.map((value) => value.length)))
}

/** motor, start, stop, num by turns, or with a snake flag behind each motor but the first. */
export function gridEstimate(bound: Bound): Estimate {
  const args = list(bound['args'])
  const flagged = args.some((value) => typeof value === 'boolean')
  if (args.length === 0 || (!flagged && args.length % 4 !== 0)) return null
  const step = (i: number): number => (flagged && i > 3 ? 5 : 4)
  const nums: (number | null)[] = []
  for (let i = 3; i < args.length; i += step(i)) nums.push(count(args[i]))
  return of(product(nums))
}

function shapeOf(bound: Bound): SpiralShape | null {
  const number = (name: string, otherwise: number | null): number | null => {
    const value = bound[name] ?? otherwise
    return typeof value === 'number' && Number.isFinite(value) ? value : null
  }
  const xRange = number('x_range', null)
  const yRange = number('y_range', null)
  const dr = number('dr', null)
  if (xRange === null || yRange === null || dr === null || !(dr > 0)) return null
  // A form may hold any number: do not lay out millions of points to count them.
  if ((xRange / dr) * (yRange / dr) > 1e6) return null
  return { xStart: 0, yStart: 0, xRange, yRange, dr, drY: number('dr_y', null), tilt: number('tilt', 0) ?? 0 }
}

export function spiralEstimate(bound: Bound): Estimate {
  const shape = shapeOf(bound)
  const nth = bound['nth']
  return shape === null || typeof nth !== 'number' || nth > 1e3 ? null : of(spiralPoints(shape, nth).length)
}

export function fermatEstimate(bound: Bound): Estimate {
  const shape = shapeOf(bound)
  const factor = bound['factor']
  return shape === null || typeof factor !== 'number' || factor > 1e2
    ? null
    : of(fermatPoints(shape, factor).length)
}

export function squareEstimate(bound: Bound): Estimate {
  return of(product([count(bound['x_num']), count(bound['y_num'])]))
}
