import type { NumberVector } from '@beamtime/stream-formats'
import { messageWrong } from '../data/da00-result.ts'
import { productOf, type DataArray } from '../data/data-array.ts'
import type { AreaViewEntry } from '../instruments/instrument.ts'
import type { OutputSpec, Reduction, Workflow } from './workflow.ts'

const output = (name: string, kind: OutputSpec['kind'], title: string): OutputSpec => ({
  name,
  kind,
  title,
  description:
    kind === 'window' ? 'Frames since the last update, summed.' : 'Frames since the start, summed.',
  ndim: 2,
  unit: 'dimensionless',
})

/** Cameras: frames summed since the start and since the last update. A frame of another shape begins anew. */
export function areaView(entry: AreaViewEntry): Workflow {
  return {
    service: 'detector_data',
    name: entry.name,
    version: 1,
    title: entry.title,
    description: 'Frames of an area detector, summed.',
    group: 'Detectors',
    sources: entry.sources,
    parameters: {},
    auxSources: {},
    contextStreams: () => [],
    outputs: () => [output('cumulative', 'cumulative', 'Image'), output('current', 'window', 'Image update')],
    supportsReset: true,
    isDefault: true,
    create: () => areaReduction(entry),
  }
}

interface Sums {
  readonly shape: readonly number[]
  readonly isSmall: boolean
  readonly cumulative: Float64Array
  readonly window: Float64Array
}

const maxPixels = 64 * 1024 * 1024

function areaReduction({ fold }: AreaViewEntry): Reduction {
  let sums: Sums | null = null
  return {
    accept(message) {
      if (message.kind !== 'image') return false
      const { values, shape } = message
      if (productOf(shape) > maxPixels)
        throw messageWrong(`a frame of ${shape.join(' x ')} pixels is too large`)
      const isSmall = values.BYTES_PER_ELEMENT <= 2
      if (sums === null || sums.shape.join() !== shape.join() || sums.isSmall !== isSmall)
        sums = {
          shape,
          isSmall,
          cumulative: new Float64Array(values.length),
          window: new Float64Array(values.length),
        }
      const { window } = sums
      for (let at = 0; at < values.length; at++) window[at] = (window[at] ?? 0) + Number(values[at] ?? 0)
      return true
    },
    finalize() {
      if (sums === null) return []
      const { cumulative, window } = sums
      window.forEach((value, at) => {
        cumulative[at] = (cumulative[at] ?? 0) + value
      })
      const results = [
        { name: 'cumulative', array: imageArray('Image', cumulative, { sums, fold }) },
        { name: 'current', array: imageArray('Image update', window, { sums, fold }) },
      ]
      window.fill(0)
      return results
    },
    clear() {
      sums = null
    },
  }
}

function imageArray(
  label: string,
  values: Float64Array,
  { sums, fold }: { readonly sums: Sums; readonly fold: AreaViewEntry['fold'] },
): DataArray {
  const { shape, isSmall } = sums
  const number = (each: Float64Array): NumberVector => (isSmall ? Int32Array.from(each) : each.slice())
  const [rows = 0, columns = 0] = shape
  const isFolded =
    fold !== undefined && shape.length === 2 && rows % fold.size === 0 && columns % fold.size === 0
  const dims = fold?.dims ?? shape.map((_, axis) => `dim_${axis}`)
  if (!isFolded)
    return { label, signal: { dims, shape, unit: 'dimensionless', values: number(values) }, coords: {} }
  const { size } = fold
  const folded = new Float64Array(size * size)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const at = Math.floor((row * size) / rows) * size + Math.floor((column * size) / columns)
      folded[at] = (folded[at] ?? 0) + (values[row * columns + column] ?? 0)
    }
  return {
    label,
    signal: { dims, shape: [size, size], unit: 'dimensionless', values: number(folded) },
    coords: {},
  }
}
