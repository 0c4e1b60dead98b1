import { productOf } from '../../data/data-array.ts'
import { LiveDataError } from '../../error.ts'
import { nowhere } from '../../event-histogram/pixel-places.ts'
import type { DetectorBank, LogicalView } from '../../instruments/instrument.ts'
import { pixelsPerPlace, type Screen } from './screen.ts'

/** Lays the pixel ids of a bank out as the view says. Throws LIVEDATA_REFUSED when the numbers do not fit. */
export function logicalScreen(view: LogicalView, bank: DetectorBank): Screen {
  const { fold, screen, select = {} } = view
  const lengths = new Map(fold)
  const pixelCount = bank.lastId - bank.firstId + 1
  if (productOf(fold.map(([, length]) => length)) !== pixelCount)
    throw new LiveDataError({
      code: 'LIVEDATA_REFUSED',
      message: `${bank.stream} has ${pixelCount} pixels, its view ${fold.map(([dim, length]) => `${dim} ${length}`).join(' x ')}`,
      fault: 'caller',
      remedy: 'correct the instrument file',
    })
  const shape = screen.map(([, from]) => productOf(from.map((dim) => lengths.get(dim) ?? 1)))
  const steps = stepsOf(screen, { shape, lengths })
  // Each pixel's place is the sum of what its dimensions contribute, so the slow and the fast ones are two tables.
  const tableOf = (dims: LogicalView['fold']): Int32Array => {
    let places = Int32Array.of(0)
    for (const [dim, length] of dims) {
      const step = steps.get(dim) ?? 0
      const only = select[dim]
      const finer = new Int32Array(places.length * length)
      let at = 0
      for (const place of places)
        for (let index = 0; index < length; index++)
          finer[at++] = place < 0 || (only !== undefined && only !== index) ? nowhere : place + index * step
      places = finer
    }
    return places
  }
  const cut = slowDims(fold.map(([, length]) => length))
  const placeCount = productOf(shape)
  const tables = [
    { firstId: bank.firstId, slow: tableOf(fold.slice(0, cut)), fast: tableOf(fold.slice(cut)) },
  ]
  return {
    dims: screen.map(([dim]) => dim),
    shape,
    placeCount,
    tables,
    weights: () => pixelsPerPlace(tables, placeCount),
    coords: {},
  }
}

/** Pixels whose places are one table: it stays in the processor's second cache. */
const wholeTable = 16_384

/** How many dimensions, from the slowest on, make the slow table, so that both are short. */
function slowDims(lengths: readonly number[]): number {
  if (productOf(lengths) <= wholeTable) return 0
  const sizeOf = (cut: number): number => productOf(lengths.slice(0, cut)) + productOf(lengths.slice(cut))
  return lengths.reduce((best, _, cut) => (sizeOf(cut) < sizeOf(best) ? cut : best), 0)
}

/** How far one step along a dimension moves on the flattened screen. */
function stepsOf(
  screen: LogicalView['screen'],
  sizes: { readonly shape: readonly number[]; readonly lengths: ReadonlyMap<string, number> },
): ReadonlyMap<string, number> {
  const steps = new Map<string, number>()
  screen.forEach(([, from], axis) => {
    let step = productOf(sizes.shape.slice(axis + 1))
    for (const dim of from.toReversed()) {
      steps.set(dim, step)
      step *= sizes.lengths.get(dim) ?? 1
    }
  })
  return steps
}
