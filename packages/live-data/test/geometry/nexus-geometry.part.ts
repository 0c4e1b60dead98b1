import { join } from 'node:path'
import { createBulkFile, type Node } from '@beamtime/hdf5'
import { tempDir, type TempDir } from '@beamtime/service-kit/testing'

type Attributes = Readonly<Record<string, string | Float64Array>>

export function value(data: Float64Array | Int32Array | number | string, attributes: Attributes = {}): Node {
  return { kind: 'value', value: data, attributes }
}

export function grid(
  data: Float64Array | Int32Array,
  shape: readonly number[],
  attributes: Attributes = {},
): Node {
  return { kind: 'value', value: data, shape, attributes }
}

export function group(children: Readonly<Record<string, Node>>, attributes: Attributes = {}): Node {
  return { kind: 'group', children, attributes }
}

/** Two rows of three pixels, ids 1 to 6, x along the columns in mm and y along the rows in m. */
export function smallBank(more: Readonly<Record<string, Node>>): Node {
  return group(
    {
      detector_number: grid(Int32Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
      x_pixel_offset: value(Float64Array.of(-100, 0, 100), { units: 'mm' }),
      y_pixel_offset: value(Float64Array.of(-0.2, 0.2), { units: 'm' }),
      ...more,
    },
    { NX_class: 'NXdetector' },
  )
}

export interface NexusFixture {
  readonly folder: TempDir
  readonly path: string
}

/** A file with these groups under /entry/instrument. */
export function nexusFixture(detectors: Readonly<Record<string, Node>>): NexusFixture {
  const folder = tempDir()
  const path = join(folder.path, 'geometry.nxs')
  const root = group({ entry: group({ instrument: group(detectors) }) }, { NX_class: 'NXroot' })
  if (root.kind !== 'group') throw new Error('a group')
  createBulkFile(path, root).finish()
  return { folder, path }
}
