import { Hdf5Error, type Hdf5Reader, type PlainValue, type Values } from '@beamtime/hdf5'

/** One NeXus file through the reader's thread. */
export interface NexusFile {
  paths(): Promise<readonly string[]>
  /** Numbers as float64, null when there is no such dataset or it holds none. */
  numbers(path: string): Promise<{ readonly shape: readonly number[]; readonly values: Float64Array } | null>
  text(path: string): Promise<string | null>
  attributes(path: string): Promise<ReadonlyMap<string, AttributeValue>>
}

export type AttributeValue = string | readonly number[]

export function nexusFile(reader: Hdf5Reader, file: string): NexusFile {
  const read = async (path: string): Promise<Values | null> => {
    try {
      return await reader.read(file, path)
    } catch (error) {
      const isAbsent =
        error instanceof Hdf5Error &&
        (error.code === 'HDF5_PATH_UNKNOWN' || error.code === 'HDF5_SELECTION_WRONG')
      if (isAbsent) return null
      throw error
    }
  }
  return {
    paths: () => reader.paths(file),
    async numbers(path) {
      const values = await read(path)
      if (values?.kind !== 'numbers') return null
      return { shape: values.shape, values: Float64Array.from(values.data, Number) }
    },
    async text(path) {
      const values = await read(path)
      return values === null ? null : textOf(values)
    },
    async attributes(path) {
      const all = await reader.attributes(file, path)
      const known = new Map<string, AttributeValue>()
      for (const [name, values] of Object.entries(all)) {
        const value = values.kind === 'numbers' ? Array.from(values.data, Number) : textOf(values)
        if (value !== null) known.set(name, value)
      }
      return known
    },
  }
}

function textOf(values: Values): string | null {
  const first: PlainValue | undefined = values.kind === 'values' ? values.data[0] : undefined
  return typeof first === 'string' ? first : null
}

/** A path that an object names, from its own place on. */
export function resolvedPath(from: string, path: string): string {
  const parts = path.startsWith('/') ? [] : from.split('/')
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return `/${parts.filter((part) => part !== '').join('/')}`
}
