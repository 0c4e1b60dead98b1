import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { stringify } from 'yaml'
import { expandHome } from './home-path.ts'
import type { ManagerSettings } from './manager-settings.ts'

/** Writes the effective settings as flat YAML, keys sorted; returns the problem where that is not possible. */
export function writeSettingsFile(path: string, settings: ManagerSettings): string | null {
  try {
    writeFileSync(resolve(expandHome(path)), stringify(settings, { sortMapEntries: true, version: '1.1' }))
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
