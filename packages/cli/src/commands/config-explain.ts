import { type FieldSpec, nearestName, type Section } from '@beamtime/service-kit'
import { allSections } from '../config/all-sections.ts'
import { tomlValue } from '../config/commented-config.ts'
import { type Config, loadConfig } from '../config/load-config.ts'
import { sectionTables, splitKey } from '../config/section-tables.ts'
import { CliError } from '../error.ts'
import { printJson, printLine } from '../print.ts'
import type { PlaceOptions } from './run-action.ts'

interface Explanation {
  readonly key: string
  readonly type: string
  readonly default: unknown
  readonly value: unknown
  readonly source: string
  readonly doc: string
}

export async function configExplain(
  key: string,
  options: PlaceOptions & { readonly json?: boolean },
): Promise<number> {
  const config = loadConfig(options)
  const explanations = explain(config, key)
  if (options.json === true) printJson(explanations.length === 1 ? explanations[0] : explanations)
  else printLine(explanations.map(explanationText).join('\n\n'))
  return Promise.resolve(0)
}

function explain(config: Config, key: string): readonly Explanation[] {
  const path = splitKey(key) ?? []
  const tables = sectionTables(config, allSections)
  const whole = tables.find((table) => table.name === path.join('.') || table.section.name === key)
  if (whole !== undefined)
    return Object.keys(whole.section.fields).map((name) => explainKey(config, whole, name))
  const name = path.at(-1) ?? ''
  const parent = path.slice(0, -1).join('.')
  const table = tables.find((candidate) => candidate.name === parent || candidate.section.name === parent)
  if (table !== undefined && Object.hasOwn(table.section.fields, name))
    return [explainKey(config, table, name)]
  const known = tables.flatMap((candidate) => [
    candidate.name,
    ...Object.keys(candidate.section.fields).map((field) => `${candidate.name}.${field}`),
  ])
  const near = nearestName(key, key.includes('.') ? known.filter((other) => other.includes('.')) : known)
  throw new CliError({
    code: 'CLI_NOT_FOUND',
    message: `no key ${key}`,
    remedy: near === null ? 'see all of them with `beamtime config show`' : `did you mean ${near}?`,
  })
}

function explainKey(config: Config, table: { section: Section; name: string }, name: string): Explanation {
  const field = table.section.fields[name]
  const values: Readonly<Record<string, unknown>> = config.examine(table.section, table.name).values
  const position = config.locate([...table.name.split('.'), name])
  const isSecret = field?.type === 'string' && field.secret === true
  const place =
    position === null
      ? 'default'
      : position.line === null
        ? position.file
        : `${position.file}:${position.line}`
  return {
    key: `${table.name}.${name}`,
    type: field === undefined ? '' : typeText(field),
    default: field?.default,
    value: isSecret && values[name] !== '' && values[name] !== null ? '***' : values[name],
    source: place,
    doc: field?.doc ?? '',
  }
}

function typeText(field: FieldSpec): string {
  switch (field.type) {
    case 'integer':
    case 'number': {
      const bounds = [
        field.min === undefined ? '' : `from ${field.min}`,
        field.max === undefined ? '' : `to ${field.max}`,
        field.unit ?? '',
      ].filter((part) => part !== '')
      return bounds.length === 0 ? field.type : `${field.type} (${bounds.join(' ')})`
    }
    case 'enum':
      return `one of ${field.values.join(', ')}`
    case 'string':
      return field.secret === true ? 'secret text' : 'text'
    case 'string[]':
      return 'list of texts'
    case 'boolean':
      return 'true or false'
    case 'table':
      return 'table'
    case 'any':
      return 'any value'
  }
}

function explanationText(entry: Explanation): string {
  return [
    entry.key,
    `  ${entry.doc}`,
    `  type     ${entry.type}`,
    `  default  ${tomlValue(entry.default)}`,
    `  value    ${tomlValue(entry.value)}  (${entry.source})`,
  ].join('\n')
}
