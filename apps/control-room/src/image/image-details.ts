import { toDoubles, type ArraysFrame } from '../net/frame-codec.ts'
import type { ShownRegion } from './image-place.ts'

/** Raw values along a line, one place a pixel of its length; NaN where everything is masked. */
export interface LineProfile {
  readonly id: number
  readonly mean: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
}

/** The true values of the pixels of a region, row by row. */
export interface PixelValues {
  readonly region: ShownRegion
  readonly values: Float64Array
}

/** What comes beside an image: see `ImageView.profiles` and `ImageView.values`. */
export interface ImageDetails {
  /** The image they belong to. */
  readonly image: number
  readonly profiles: readonly LineProfile[]
  readonly values: PixelValues | null
}

const arrayName = /^mean (\d{1,10})$/

/** Null for a frame of another kind; parts that do not fit each other are left out. */
export function imageDetails({ meta, columns }: ArraysFrame): ImageDetails | null {
  if (meta['kind'] !== 'details') return null
  const of = (name: string): Float64Array | null => {
    const column = columns.find((one) => one.name === name)
    return column === undefined ? null : toDoubles(column.data)
  }
  const profiles = columns.flatMap(({ name }): LineProfile[] => {
    const [, id] = arrayName.exec(name) ?? []
    const [mean, min, max] = [of(name), of(`min ${id}`), of(`max ${id}`)]
    const isWhole = mean !== null && min?.length === mean.length && max?.length === mean.length
    return isWhole && min !== null && max !== null ? [{ id: Number(id), mean, min, max }] : []
  })
  const region = regionOf(meta['region'])
  const values = of('values')
  const fits = region !== null && values !== null && values.length === region.w * region.h
  return { image: Number(meta['image']), profiles, values: fits ? { region, values } : null }
}

function regionOf(value: unknown): ShownRegion | null {
  if (typeof value !== 'object' || value === null) return null
  const { x, y, w, h } = value as Record<string, unknown>
  return typeof x === 'number' && typeof y === 'number' && typeof w === 'number' && typeof h === 'number'
    ? { x, y, w, h }
    : null
}
