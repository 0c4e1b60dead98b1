import {
  createHdf5Reader,
  valuesToJson,
  type DatasetInfo,
  type ElementType,
  type Hdf5Reader,
} from '@beamtime/hdf5'
import { DaqError } from '../error.ts'

/* What is in a file that was written. */

export interface DatasetDescription {
  readonly path: string
  readonly shape: readonly number[]
  readonly dtype: string
}

/** Values of a small dataset of metadata at most. */
const mostValues = 1_000_000
const besideImages = ['image_id', 'status', 'metadata', 'gf_metadata']

interface Found {
  readonly path: string
  readonly dataset: DatasetInfo
}

async function withFile<T>(path: string, read: (reader: Hdf5Reader) => Promise<T>): Promise<T> {
  const reader = createHdf5Reader()
  try {
    return await read(reader)
  } catch (error) {
    throw new DaqError({
      code: 'DAQ_REQUEST_REFUSED',
      message: `${path} is no readable HDF5 file.`,
      fault: 'caller',
      remedy: 'Name a file that exists.',
      cause: error,
    })
  } finally {
    await reader.close()
  }
}

async function datasetsOf(reader: Hdf5Reader, file: string): Promise<Found[]> {
  const found: Found[] = []
  for (const path of await reader.paths(file)) {
    const entity = await reader.entity(file, path)
    if (entity.kind === 'dataset') found.push({ path, dataset: entity })
  }
  return found
}

/** A number type as numpy writes it. */
function typeName(type: ElementType): string {
  if (type.class === 0) return `${type.order === 0 ? '<' : '>'}${type.sign === 0 ? 'u' : 'i'}${type.size}`
  if (type.class === 1) return `${type.order === 0 ? '<' : '>'}f${type.size}`
  return type.class === 3 ? 'string' : 'compound'
}

/** All datasets of a file with shape and type. Rejects with DAQ_REQUEST_REFUSED. */
export function describeFile(file: string): Promise<readonly DatasetDescription[]> {
  return withFile(file, async (reader) =>
    (await datasetsOf(reader, file)).map(({ path, dataset }) => ({
      path,
      shape: dataset.shape ?? [],
      dtype: typeName(dataset.type),
    })),
  )
}

/** The values that stand beside the images: ids and states. Rejects with DAQ_REQUEST_REFUSED. */
export function readFileMetadata(file: string): Promise<Readonly<Record<string, unknown>>> {
  return withFile(file, async (reader) => {
    const values: Record<string, unknown> = {}
    for (const { path, dataset } of await datasetsOf(reader, file)) {
      const count = (dataset.shape ?? []).reduce((product, size) => product * size, 1)
      const name = path.slice(path.lastIndexOf('/') + 1)
      if (besideImages.includes(name) && count <= mostValues)
        values[path] = JSON.parse(valuesToJson(await reader.read(file, path)))
    }
    return values
  })
}
