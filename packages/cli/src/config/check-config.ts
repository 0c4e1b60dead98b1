import { type ConfigProblem, isReference, type Section } from '@beamtime/service-kit'
import { tmpdir } from 'node:os'
import { sep } from 'node:path'
import { crossChecks } from './cross-checks.ts'
import type { Config } from './load-config.ts'
import { sectionTables, unknownSections } from './section-tables.ts'

/** Every problem of a configuration: keys and types of all sections, then what only shows across them. */
export function checkConfig(config: Config, sections: readonly Section[]): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [...unknownSections(config, sections)]
  const values = new Map<string, Readonly<Record<string, unknown>>>()
  for (const table of sectionTables(config, sections)) {
    const reading = config.examine(table.section, table.name)
    problems.push(...reading.problems, ...secretLiterals(config, table))
    values.set(table.name, reading.values)
  }
  return [...problems, ...temporaryData(config), ...crossChecks(config, values)]
}

/** A secret that stands in the file itself can be read by whoever reads the file. */
function secretLiterals(config: Config, table: { section: Section; name: string }): readonly ConfigProblem[] {
  const found: ConfigProblem[] = []
  for (const [key, field] of Object.entries(table.section.fields)) {
    if (field.type !== 'string' || field.secret !== true) continue
    const path = [...table.name.split('.'), key]
    const written = config.valueAt(path)
    if (typeof written !== 'string' || written === '' || isReference(written)) continue
    found.push({
      severity: 'warning',
      key: path.join('.'),
      position: config.locate(path),
      what: 'the secret stands in the file',
      remedy: 'write "env:NAME" or "file:/path" instead',
    })
  }
  return found
}

function temporaryData(config: Config): readonly ConfigProblem[] {
  if (!config.has(['paths', 'data'])) return []
  const { dataDir } = config
  const folder = [tmpdir(), '/tmp', '/var/tmp'].find(
    (path) => dataDir === path || dataDir.startsWith(path + sep),
  )
  if (folder === undefined) return []
  return [
    {
      severity: 'error',
      key: 'paths.data',
      position: config.locate(['paths', 'data']),
      what: `${dataDir} is under ${folder}, which is emptied at times`,
      remedy: 'name a folder that stays',
    },
  ]
}
