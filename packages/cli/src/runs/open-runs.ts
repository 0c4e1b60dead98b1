import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openCatalog, type Catalog } from '@beamtime/document-store/catalog'
import { nearestName } from '@beamtime/service-kit'
import { loadConfig } from '../config/load-config.ts'
import { CliError } from '../error.ts'
import { queueCatalogs } from '../config/queue-catalogs.ts'
import type { RunsOptions } from './runs-options.ts'

/** Opens the catalog that the options mean, for reading. */
export function openRuns(options: RunsOptions): Catalog {
  const config = loadConfig(options)
  const catalogs = queueCatalogs(config).map((entry) => entry.catalog)
  const name = options.catalog ?? catalogs[0] ?? ''
  const path = join(config.dataDir, 'runs', `${name}.sqlite`)
  if (existsSync(path)) return openCatalog(path, { readOnly: true })
  const near = nearestName(name, catalogs)
  throw new CliError({
    code: 'CLI_NOT_FOUND',
    message: `no catalog ${name} in ${config.dataDir}`,
    remedy:
      near !== null && near !== name
        ? `did you mean ${near}?`
        : 'name the data directory with --data DIR; a catalog is made when the store first runs',
  })
}

/** The uid of the run that a person means. */
export function runUid(catalog: Catalog, key: string): string {
  const found = catalog.find(key)
  switch (found.kind) {
    case 'one':
      return found.uid
    case 'none':
      throw runGone(key)
    case 'many':
      throw new CliError({
        code: 'CLI_NOT_FOUND',
        message: `${key} is the start of several uids: ${found.uids.slice(0, 3).join(', ')}`,
        remedy: 'give more characters of it',
      })
  }
}

export function runGone(key: string): CliError {
  return new CliError({
    code: 'CLI_NOT_FOUND',
    message: `no run ${key}`,
    remedy: 'give -1 for the latest, a scan id, or 5 characters of a uid; see `beamtime runs list`',
  })
}
