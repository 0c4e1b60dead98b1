import { createHdf5Reader, Hdf5Error } from '@beamtime/hdf5'
import { LiveDataError } from '../error.ts'
import { nexusFile, type NexusFile } from '../geometry/nexus-file.ts'

/** Numbers of one dataset: 33 million events, or pixels. */
const maxBytes = 268_435_456

/** Opens a NeXus file for as long as `use` takes. A file that cannot be read rejects with LIVEDATA_REFUSED. */
export async function withNexusFile<T>(path: string, use: (file: NexusFile) => Promise<T>): Promise<T> {
  const reader = createHdf5Reader({ maxBytes, timeoutMs: 120_000 })
  try {
    return await use(nexusFile(reader, path))
  } catch (error) {
    if (!(error instanceof Hdf5Error)) throw error
    throw new LiveDataError({
      code: 'LIVEDATA_REFUSED',
      message: `${path}: ${error.message}`,
      fault: 'environment',
      remedy: error.remedy,
      cause: error,
    })
  } finally {
    await reader.close()
  }
}
