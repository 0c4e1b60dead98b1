import { ConfigError } from '@beamtime/service-kit'
import { isConfigTable } from './config-file.ts'
import type { Config } from './load-config.ts'

/** Detectors of the configuration: its tables `[daq.NAME]`. */
export function daqNames(config: Config): readonly string[] {
  const tables = config.valueAt(['daq'])
  const names = isConfigTable(tables) ? Object.keys(tables) : []
  const bad = names.find((name) => !/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(name))
  if (bad !== undefined)
    throw new ConfigError({
      code: 'CONFIG_INVALID',
      message: `daq.${bad}: not a name for a detector`,
      remedy: 'use up to 32 letters, digits, _ and -',
    })
  return names
}
