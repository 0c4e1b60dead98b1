import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { ConfigError, type ConfigProblem, configErrorOf, type SourcePosition } from '@beamtime/service-kit'
import { parse } from 'smol-toml'
import { pathKey, type TextPosition, tomlPositions } from './toml-positions.ts'

export type ConfigTable = Record<string, unknown>

/** The main file with everything it includes, as one tree. */
export interface ConfigTree {
  readonly tree: ConfigTable
  readonly files: readonly string[]
  locate(path: readonly string[]): SourcePosition | null
}

const maxFileBytes = 4 * 1024 * 1024
const maxIncludeDepth = 10

/** First of --config, $BEAMTIME_CONFIG, ./beamtime.toml, $XDG_CONFIG_HOME/beamtime/config.toml, /etc/beamtime/config.toml; null when there is none. */
export function findConfigFile(options: {
  readonly explicit: string | undefined
  readonly environment: NodeJS.ProcessEnv
  readonly cwd: string
}): string | null {
  const { explicit, environment, cwd } = options
  if (explicit !== undefined) return resolve(cwd, explicit)
  const named = environment['BEAMTIME_CONFIG']
  if (named !== undefined && named !== '') return resolve(cwd, named)
  const home = environment['XDG_CONFIG_HOME'] ?? resolve(homedir(), '.config')
  const candidates = [
    resolve(cwd, 'beamtime.toml'),
    resolve(home, 'beamtime/config.toml'),
    '/etc/beamtime/config.toml',
  ]
  return candidates.find((path) => existsSync(path)) ?? null
}

interface LoadedFile {
  readonly path: string
  readonly text: string
  positions: ReadonlyMap<string, TextPosition> | null
}

/** Reads a file and what it includes. Throws CONFIG_UNREADABLE (no such file) or CONFIG_INVALID (not TOML, key given twice). */
export function readConfigTree(path: string): ConfigTree {
  const loaded: LoadedFile[] = []
  const problems: ConfigProblem[] = []
  const tree = readInto({}, { path, depth: 0, loaded, problems })
  if (problems.length > 0) throw configErrorOf(problems)
  return {
    tree,
    files: loaded.map((file) => file.path),
    locate(keys) {
      for (const file of loaded) {
        const position = positionIn(file, keys)
        if (position !== null) return position
      }
      return null
    },
  }
}

interface Reading {
  readonly path: string
  readonly depth: number
  readonly loaded: LoadedFile[]
  readonly problems: ConfigProblem[]
}

function readInto(tree: ConfigTable, reading: Reading): ConfigTable {
  const file: LoadedFile = { path: reading.path, text: readText(reading.path), positions: null }
  const { include, ...table } = parseToml(file)
  mergeInto(tree, table, { file, reading, path: [] })
  reading.loaded.push(file)
  for (const name of includeNames(include, file)) {
    const path = resolve(dirname(file.path), name)
    const isKnown = reading.loaded.some((other) => other.path === path)
    if (isKnown || reading.depth >= maxIncludeDepth)
      throw invalid(file, ['include'], {
        what: `${path} includes itself`,
        remedy: 'remove it from one of the two lists',
      })
    readInto(tree, { ...reading, path, depth: reading.depth + 1 })
  }
  return tree
}

function includeNames(include: unknown, file: LoadedFile): readonly string[] {
  if (include === undefined) return []
  const names = typeof include === 'string' ? [include] : include
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names
  throw invalid(file, ['include'], {
    what: 'is not a list of files',
    remedy: 'write include = ["devices.toml"]',
  })
}

function readText(path: string): string {
  try {
    const text = readFileSync(path, 'utf8')
    if (text.length > maxFileBytes) throw new Error('larger than 4 MiB')
    return text
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new ConfigError({
      code: 'CONFIG_UNREADABLE',
      message: `${path} cannot be read (${code ?? message})`,
      remedy: 'name the file with --config FILE, or write one with `beamtime config init`',
      cause: error,
    })
  }
}

function parseToml(file: LoadedFile): ConfigTable {
  try {
    return parse(file.text, { integersAsBigInt: 'asNeeded' })
  } catch (error) {
    const { line, column, message } = error as { line?: number; column?: number; message?: string }
    const what = (message ?? 'not TOML').split('\n')[0] ?? 'not TOML'
    throw configErrorOf([
      {
        severity: 'error',
        key: 'TOML',
        position: { file: file.path, line: line ?? null, column: column ?? null },
        what: what.replace(/^Invalid TOML document: /, ''),
        remedy: 'correct this line',
      },
    ])
  }
}

function invalid(
  file: LoadedFile,
  path: readonly string[],
  text: { readonly what: string; readonly remedy: string },
): ConfigError {
  return configErrorOf([
    { severity: 'error', key: path.join('.'), position: positionIn(file, path), ...text },
  ])
}

function positionIn(file: LoadedFile, path: readonly string[]): SourcePosition | null {
  file.positions ??= tomlPositions(file.text)
  const position = file.positions.get(pathKey(path))
  return position === undefined ? null : { file: file.path, ...position }
}

/** Tables merge, anything else may stand in one file only. */
function mergeInto(
  into: ConfigTable,
  from: ConfigTable,
  context: { readonly file: LoadedFile; readonly reading: Reading; readonly path: readonly string[] },
): void {
  for (const [name, value] of Object.entries(from)) {
    const path = [...context.path, name]
    const existing = into[name]
    if (existing === undefined) into[name] = value
    else if (isConfigTable(existing) && isConfigTable(value)) mergeInto(existing, value, { ...context, path })
    else reportTwice(context, path)
  }
}

function reportTwice(
  context: { readonly file: LoadedFile; readonly reading: Reading },
  path: readonly string[],
): void {
  const first = context.reading.loaded
    .map((file) => positionIn(file, path))
    .find((position) => position !== null)
  const where = first === undefined ? 'another file' : `${first?.file}:${first?.line}`
  context.reading.problems.push({
    severity: 'error',
    key: path.join('.'),
    position: positionIn(context.file, path),
    what: `also given in ${where}`,
    remedy: 'keep it in one of the two files',
  })
}

export function isConfigTable(value: unknown): value is ConfigTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
