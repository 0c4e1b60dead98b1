import {
  createServiceContext,
  facilityConfig,
  opsConfig,
  parseSection,
  silentLogger,
  type SectionValues,
} from '@beamtime/service-kit'
import { keyvalueConfig, type queueConfig } from './config.ts'
import { makeLists, type ListsProblem } from './lists-maker.ts'
import { profileFiles } from './profile-files.ts'
import { startupSource } from './startup-source.ts'

export interface ListsFileOptions {
  /** The file to write. */
  readonly path: string
  /** Absolute; for what the worker host needs while it loads. */
  readonly dataDir: string
  /** Worker and startup source count. */
  readonly queue: SectionValues<typeof queueConfig>
  readonly workerCommand: readonly string[]
}

/** Loads startup code once and writes the lists of its plans and devices. Resolves with what was wrong, or null. */
export async function makeListsFile(options: ListsFileOptions): Promise<ListsProblem | null> {
  const { queue, path, dataDir } = options
  const name = 'lists'
  const stop = new AbortController()
  const source = startupSource(queue, name)
  const made = await makeLists({
    config: {
      name,
      queue: { ...queue, publish_documents: false },
      keyvalue: parseSection(keyvalueConfig, {}, { key: 'keyvalue' }),
      bus: { bootstrapServers: ['127.0.0.1:9092'] },
      facility: parseSection(facilityConfig, {}, { key: 'facility' }),
      ops: parseSection(opsConfig, {}, { key: 'ops' }),
      workerCommand: options.workerCommand,
      supervisorPid: process.pid,
    },
    context: createServiceContext({ role: 'lists', dataDir, log: silentLogger, signal: stop.signal }),
    source,
    signal: stop.signal,
  })
  if (!('plans' in made)) return made
  await profileFiles({ queue: name, dataDir, source, listsPath: path, permissionsPath: '' }).writeLists(made)
  return null
}
