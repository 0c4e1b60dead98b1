import { configText } from '@beamtime/service-kit'
import { type ConfigTable, isConfigTable } from './config-file.ts'
import { pathKey } from './toml-positions.ts'

const prefix = 'BEAMTIME__'

/**
 * Puts `BEAMTIME__SECTION__KEY=value` into the tree and tells which variable gave which path. Two
 * underscores separate names; a name that exists in the tree is met whatever its case and hyphens are.
 */
export function applyEnvironment(
  tree: ConfigTable,
  environment: NodeJS.ProcessEnv,
): ReadonlyMap<string, string> {
  const origins = new Map<string, string>()
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(prefix) || value === undefined) continue
    const names = variable.slice(prefix.length).split('__')
    if (names.length < 2 || names.includes('')) continue
    const path = place(tree, names, configText(value))
    origins.set(pathKey(path), variable)
  }
  return origins
}

function place(tree: ConfigTable, names: readonly string[], value: unknown): readonly string[] {
  const path: string[] = []
  let table = tree
  names.forEach((name, index) => {
    const key = existingName(table, name) ?? name.toLowerCase()
    path.push(key)
    if (index === names.length - 1) table[key] = value
    else {
      const next = table[key]
      const child = isConfigTable(next) ? next : {}
      table[key] = child
      table = child
    }
  })
  return path
}

function existingName(table: ConfigTable, name: string): string | undefined {
  const wanted = normal(name)
  return Object.keys(table).find((key) => normal(key) === wanted)
}

function normal(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')
}
