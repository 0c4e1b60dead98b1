import { type ConfigProblem, nearestName, type Section } from '@beamtime/service-kit'
import { isConfigTable } from './config-file.ts'
import { daqNames } from './daq-names.ts'
import { liveDataEnvironments, liveDataNames } from './live-data-names.ts'
import type { Config } from './load-config.ts'
import { queueNames } from './queue-names.ts'

/** One table of the effective configuration: the section and the name it has there (`queue.main`). */
export interface SectionTable {
  readonly section: Section
  readonly name: string
}

/** Names that the tables of a section `x.*` have. */
const namesOf: Readonly<Record<string, (config: Config) => readonly string[]>> = {
  'queue.*': queueNames,
  'daq.*': daqNames,
  'livedata.*': liveDataNames,
  'livedata.env.*': liveDataEnvironments,
}

/** The tables that a configuration has: each section once, a section `queue.*` once a queue. */
export function sectionTables(config: Config, sections: readonly Section[]): readonly SectionTable[] {
  return sections.flatMap((section) =>
    section.name.endsWith('.*')
      ? (namesOf[section.name]?.(config) ?? []).map((name) => ({
          section,
          name: section.name.replace('*', name),
        }))
      : [{ section, name: section.name }],
  )
}

/** Top-level names of the file that are no section. */
export function unknownSections(config: Config, sections: readonly Section[]): readonly ConfigProblem[] {
  const known = new Set(sections.map((section) => section.name.split('.')[0] ?? ''))
  return Object.keys(config.tree)
    .filter((name) => !known.has(name))
    .map((name) => {
      const near = nearestName(name, known)
      const what = isConfigTable(config.tree[name]) ? 'unknown section' : 'unknown key'
      return {
        severity: 'error',
        key: name,
        position: config.locate([name]),
        what,
        remedy: near === null ? `remove it; known: ${[...known].join(', ')}` : `did you mean ${near}?`,
      } as const
    })
}

/** A dotted key as the file writes it: parts with dots are quoted. Null when quotes do not match. */
export function splitKey(key: string): readonly string[] | null {
  const parts: string[] = []
  const pattern = /(?:"([^"]*)"|'([^']*)'|([^."']+))(\.|$)/y
  while (pattern.lastIndex < key.length) {
    const match = pattern.exec(key)
    if (match === null) return null
    parts.push(match[1] ?? match[2] ?? match[3] ?? '')
    if (match[4] === '' && pattern.lastIndex < key.length) return null
  }
  return parts.length === 0 || key.endsWith('.') ? null : parts
}
