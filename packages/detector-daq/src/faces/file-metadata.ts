import type { Dataset, Group } from 'h5wasm/node'
import { DaqError } from '../error.ts'

/* What is in a file that was written; reading is h5wasm's work. */

export interface DatasetDescription {
  readonly path: string
  readonly shape: readonly number[]
  readonly dtype: string
}

/** Values of a small dataset of metadata at most. */
const mostValues = 1_000_000

async function withFile<T>(path: string, read: (root: Group) => T): Promise<T> {
  const { File, ready } = await import('h5wasm/node')
  await ready
  let file: InstanceType<typeof File> | undefined
  try {
    file = new File(path, 'r')
    return read(file)
  } catch (error) {
    throw new DaqError({
      code: 'DAQ_REQUEST_REFUSED',
      message: `${path} is no readable HDF5 file.`,
      fault: 'caller',
      remedy: 'Name a file that exists.',
      cause: error,
    })
  } finally {
    file?.close()
  }
}

function eachDataset(group: Group, visit: (dataset: Dataset, path: string) => void, at = ''): void {
  for (const name of group.keys()) {
    const entity = group.get(name)
    const path = `${at}/${name}`
    if (entity === null || !('type' in entity)) continue
    if (entity.type === 'Dataset') visit(entity as Dataset, path)
    else if (entity.type === 'Group' && path.split('/').length < 8) eachDataset(entity as Group, visit, path)
  }
}

function shapeOf(dataset: Dataset): number[] {
  return dataset.shape === null ? [] : [...dataset.shape]
}

/** All datasets of a file with shape and type. Rejects with DAQ_REQUEST_REFUSED. */
export function describeFile(path: string): Promise<readonly DatasetDescription[]> {
  return withFile(path, (root) => {
    const found: DatasetDescription[] = []
    eachDataset(root, (dataset, at) => {
      const { dtype } = dataset
      found.push({ path: at, shape: shapeOf(dataset), dtype: typeof dtype === 'string' ? dtype : 'compound' })
    })
    return found
  })
}

/** The values that stand beside the images: ids and states. Rejects with DAQ_REQUEST_REFUSED. */
export function readFileMetadata(path: string): Promise<Readonly<Record<string, unknown>>> {
  return withFile(path, (root) => {
    const values: Record<string, unknown> = {}
    eachDataset(root, (dataset, at) => {
      const name = at.slice(at.lastIndexOf('/') + 1)
      const count = shapeOf(dataset).reduce((product, size) => product * size, 1)
      if (!['image_id', 'status', 'metadata', 'gf_metadata'].includes(name) || count > mostValues) return
      values[at] = JSON.parse(
        JSON.stringify(dataset.to_array(), (_key, value: unknown) =>
          typeof value === 'bigint' ? Number(value) : value,
        ),
      ) as unknown
    })
    return values
  })
}
