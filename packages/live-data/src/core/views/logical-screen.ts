import { productOf } from '../../data/data-array.ts'
import { LiveDataError } from '../../error.ts'
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
  // From the slowest dimension to the fastest: each pixel's place is the sum of what its dimensions contribute.
  let places = Int32Array.of(0)
  for (const [dim, length] of fold) {
    const step = steps.get(dim) ?? 0
    const only = select[dim]
    const finer = new Int32Array(places.length * length)
    let at = 0
    for (const place of places)
      for (let index = 0; index < length; index++)
        finer[at++] = place < 0 || (only !== undefined && only !== index) ? -1 : place + index * step
    places = finer
  }
  const placeCount = productOf(shape)
  const tables = [{ firstId: bank.firstId, places }]
  return {
    dims: screen.map(([dim]) => dim),
    shape,
    placeCount,
    tables,
    weights: pixelsPerPlace(tables, placeCount),
    coords: {},
  }
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
