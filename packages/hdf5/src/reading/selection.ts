import { Hdf5Error } from '../error.ts'

/** One dimension of a selection: an index (the dimension goes away), or a range. Negative numbers count from the end. */
export type DimensionSelection =
  | number
  | { readonly start?: number; readonly stop?: number; readonly step?: number }

/** Dimensions in C order; those that are not named are taken whole. */
export type ArraySelection = readonly DimensionSelection[]

/** A selection that fits its dataset. */
export interface ResolvedSelection {
  readonly start: readonly number[]
  readonly count: readonly number[]
  readonly step: readonly number[]
  /** Without the dimensions that an index was given for. */
  readonly shape: readonly number[]
  readonly elements: number
}

function wrong(message: string): Hdf5Error {
  return new Hdf5Error({
    code: 'HDF5_SELECTION_WRONG',
    message,
    fault: 'caller',
    remedy: 'Give an index or start:stop:step per dimension, inside of the shape.',
  })
}

function whole(value: number, name: string): number {
  if (!Number.isSafeInteger(value)) throw wrong(`${name} ${value} is not a whole number`)
  return value
}

/** Where a bound lies, as slices of Python have it: from the end when negative, never outside. */
function bound(value: number | undefined, standard: number, length: number): number {
  const given = whole(value ?? standard, 'the bound')
  return Math.min(length, Math.max(0, given < 0 ? given + length : given))
}

/** Fits a selection to a shape. Throws HDF5_SELECTION_WRONG. */
export function resolveSelection(
  shape: readonly number[],
  selection: ArraySelection = [],
): ResolvedSelection {
  if (selection.length > shape.length)
    throw wrong(`${selection.length} dimensions are selected, the dataset has ${shape.length}`)
  const kept: number[] = []
  const dimensions = shape.map((length, dimension) => {
    const wanted = selection[dimension] ?? {}
    if (typeof wanted === 'number') {
      const start = whole(wanted, 'index') < 0 ? wanted + length : wanted
      if (start < 0 || start >= length)
        throw wrong(`index ${wanted} of dimension ${dimension} is not below ${length}`)
      return { start, count: 1, step: 1 }
    }
    const step = whole(wanted.step ?? 1, 'step')
    if (step < 1) throw wrong(`step ${step} of dimension ${dimension} is not positive`)
    const start = bound(wanted.start, 0, length)
    const stop = bound(wanted.stop, length, length)
    const count = Math.max(0, Math.ceil((stop - start) / step))
    kept.push(count)
    return { start: Math.min(start, length), count, step }
  })
  return {
    start: dimensions.map(({ start }) => start),
    count: dimensions.map(({ count }) => count),
    step: dimensions.map(({ step }) => step),
    shape: kept,
    elements: dimensions.reduce((product, { count }) => product * count, 1),
  }
}

/**
 * Reads a selection as it stands in addresses: a comma list of indices and `start:stop:step`, every number of which may be left out.
 * Empty text selects everything. Throws HDF5_SELECTION_WRONG.
 */
export function parseSelection(text: string): ArraySelection {
  if (text.trim() === '') return []
  return text.split(',').map((part) => {
    const numbers = part.split(':').map((word) => {
      const trimmed = word.trim()
      if (trimmed === '') return undefined
      if (!/^[+-]?\d{1,15}$/.test(trimmed)) throw wrong(`${JSON.stringify(part)} is no range`)
      return Number(trimmed)
    })
    const [start, stop, step] = numbers
    if (numbers.length > 3) throw wrong(`${JSON.stringify(part)} is no range`)
    if (numbers.length > 1)
      return {
        ...(start === undefined ? {} : { start }),
        ...(stop === undefined ? {} : { stop }),
        ...(step === undefined ? {} : { step }),
      }
    if (start === undefined) throw wrong('a dimension is empty')
    return start
  })
}
