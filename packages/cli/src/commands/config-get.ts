import { nearestName } from '@beamtime/service-kit'
import { stringify } from 'smol-toml'
import { allSections } from '../config/all-sections.ts'
import { effectiveConfig } from '../config/effective-config.ts'
import { loadConfig } from '../config/load-config.ts'
import { splitKey } from '../config/section-tables.ts'
import { CliError } from '../error.ts'
import { printJson, printLine } from '../print.ts'
import type { PlaceOptions } from './run-action.ts'

const missingKeyExit = 3

interface GetOptions extends PlaceOptions {
  readonly all?: boolean | string
  readonly toml?: boolean | string
  readonly json?: boolean | string
  readonly default?: boolean | string
  readonly reveal?: boolean | string
}

/** Bare text, number or boolean; lists and tables as JSON on one line. */
export async function configGet(key: string | undefined, options: GetOptions): Promise<number> {
  if (options.all === true)
    return configShow({ ...options, reveal: options.reveal === true, json: options.json === true })
  const path = key === undefined ? null : splitKey(key)
  if (path === null)
    throw new CliError({
      code: 'CLI_USAGE',
      message: key === undefined ? 'no key was given' : `${key} is not a dotted key`,
      remedy: 'give e.g. queue.main.control; quote parts that hold a dot',
    })
  const tree = effectiveConfig(loadConfig(options), allSections, { reveal: options.reveal === true })
  const found = lookUp(tree, path)
  if (found.kind === 'missing') {
    if (typeof options.default === 'string') {
      printLine(options.default)
      return 0
    }
    process.stderr.write(
      `beamtime: no key ${key}${found.near === null ? '' : `; did you mean ${found.near}?`}\n`,
    )
    return missingKeyExit
  }
  printLine(
    shown(found.value, { name: path.at(-1) ?? '', toml: options.toml === true, json: options.json === true }),
  )
  return 0
}

export function configShow(
  options: PlaceOptions & { readonly json?: boolean; readonly reveal?: boolean },
): Promise<number> {
  const tree = effectiveConfig(loadConfig(options), allSections, { reveal: options.reveal === true })
  if (options.json === true) printJson(tree)
  else printLine(stringify(withoutNulls(tree)).trimEnd())
  return Promise.resolve(0)
}

/** TOML has no null: such a key is absent. */
function withoutNulls(table: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(table)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [
        name,
        typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date)
          ? withoutNulls(value as Record<string, unknown>)
          : value,
      ]),
  )
}

type Found =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'missing'; readonly near: string | null }

function lookUp(tree: unknown, path: readonly string[]): Found {
  let value = tree
  for (const [index, name] of path.entries()) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) {
      const known = typeof value === 'object' && value !== null ? Object.keys(value) : []
      const near = nearestName(name, known)
      return { kind: 'missing', near: near === null ? null : [...path.slice(0, index), near].join('.') }
    }
    value = (value as Record<string, unknown>)[name]
  }
  return { kind: 'value', value }
}

function shown(
  value: unknown,
  form: { readonly name: string; readonly toml: boolean; readonly json: boolean },
): string {
  if (value === null) return ''
  if (form.toml) return stringify({ [form.name]: value }).trimEnd()
  if (form.json || (typeof value === 'object' && value !== null)) return JSON.stringify(value)
  return `${value as string | number | boolean}`
}
