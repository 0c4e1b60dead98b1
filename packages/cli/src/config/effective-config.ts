import { configErrorOf, isReference, type Section } from '@beamtime/service-kit'
import { checkConfig } from './check-config.ts'
import type { Config } from './load-config.ts'
import { sectionTables } from './section-tables.ts'

type Table = Record<string, unknown>

/** Names inside free tables whose values are secrets as well. */
const secretName = /(password|secret|token|private_key|key_password)$/i

/** Every table with its values, defaults included, as the file would be written. Secrets are `***` unless revealed. Throws CONFIG_INVALID. */
export function effectiveConfig(
  config: Config,
  sections: readonly Section[],
  options: { readonly reveal: boolean },
): Table {
  const errors = checkConfig(config, sections).filter((problem) => problem.severity === 'error')
  if (errors.length > 0) throw configErrorOf(errors)
  const tree: Table = {}
  for (const { section, name } of sectionTables(config, sections)) {
    const { values } = config.examine(section, name)
    const path = name.split('.')
    let table = tree
    for (const part of path) {
      const next = (table[part] ??= {}) as Table
      table = next
    }
    for (const [key, field] of Object.entries(section.fields)) {
      const value: unknown = values[key]
      const written = config.valueAt([...path, key])
      const isSecret =
        (field.type === 'string' && field.secret === true) ||
        (typeof written === 'string' && isReference(written))
      table[key] = options.reveal ? value : isSecret ? hidden(value) : hideInside(value)
    }
  }
  return tree
}

function hidden(value: unknown): unknown {
  return value === '' ? '' : '***'
}

function hideInside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideInside)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [
      name,
      secretName.test(name) && typeof entry === 'string' ? hidden(entry) : hideInside(entry),
    ]),
  )
}
