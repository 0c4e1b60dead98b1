import { ConfigError } from '@beamtime/service-kit'
import { isConfigTable } from './config-file.ts'
import type { Config } from './load-config.ts'

/** Queues of the configuration: its tables `[queue.NAME]`, or `main` when none is written. */
export function queueNames(config: Config): readonly string[] {
  const tables = config.valueAt(['queue'])
  const names = isConfigTable(tables) ? Object.keys(tables) : []
  const bad = names.find((name) => !/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(name))
  if (bad !== undefined)
    throw new ConfigError({
      code: 'CONFIG_INVALID',
      message: `queue.${bad}: not a name for a queue`,
      remedy: 'use up to 32 letters, digits, _ and -',
    })
  return names.length === 0 ? ['main'] : names
}

/** Topic of a queue's documents when none is written. */
export function defaultTopic(instrumentId: string, queue: string): string {
  return queue === 'main' ? `${instrumentId}.bluesky.documents` : `${instrumentId}.${queue}.bluesky.documents`
}

/** Catalog of a queue's runs when store.topic_map does not name one. */
export function defaultCatalog(instrumentId: string, queue: string): string {
  return queue === 'main' ? `${instrumentId}-bluesky` : `${instrumentId}-${queue}`
}
