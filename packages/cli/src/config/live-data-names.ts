import { ConfigError } from '@beamtime/service-kit'
import { isConfigTable } from './config-file.ts'
import type { Config } from './load-config.ts'

const environments = 'env'

/** Instruments of the configuration: its tables `[livedata.NAME]`. */
export function liveDataNames(config: Config): readonly string[] {
  const tables = config.valueAt(['livedata'])
  const names = isConfigTable(tables) ? Object.keys(tables).filter((name) => name !== environments) : []
  const bad = names.find((name) => !/^[a-z0-9][a-z0-9_]{0,31}$/.test(name))
  if (bad !== undefined)
    throw new ConfigError({
      code: 'CONFIG_INVALID',
      message: `livedata.${bad}: not a name for an instrument`,
      remedy: 'use up to 32 small letters, digits and _',
    })
  return names
}

/** Environments of the configuration: its tables `[livedata.env.NAME]`. */
export function liveDataEnvironments(config: Config): readonly string[] {
  const tables = config.valueAt(['livedata', environments])
  return isConfigTable(tables) ? Object.keys(tables) : []
}
