import { homedir, tmpdir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  ConfigError,
  parseSection,
  pathsConfig,
  readSection,
  section,
  type ConfigPlace,
  type Fields,
  type Section,
  type SectionReading,
  type SectionValues,
  type SourcePosition,
} from '@beamtime/service-kit'
import { type ConfigTable, findConfigFile, isConfigTable, readConfigTree } from './config-file.ts'
import { applyEnvironment } from './environment-overrides.ts'
import { subsectionsOf } from './section-names.ts'
import { pathKey } from './toml-positions.ts'

export interface ConfigOptions {
  readonly config?: string | undefined
  readonly data?: string | undefined
  readonly profile?: string | undefined
  readonly environment?: NodeJS.ProcessEnv
  readonly cwd?: string
}

/** The configuration of one process: the file, what it includes, and the environment. */
export interface Config {
  /** Main file; null when none was found, which is valid. */
  readonly file: string | null
  readonly files: readonly string[]
  readonly tree: ConfigTable
  /** Absolute. */
  readonly dataDir: string
  /** Strict; throws CONFIG_INVALID with every problem of the section. */
  read<S extends Section>(section: S): SectionValues<S>
  /** As read, without throwing. */
  examine<S extends Section>(section: S, name?: string): SectionReading<S>
  /** One table of a section `x.*`, as {@link read}. */
  readNamed<S extends Section>(section: S, name: string): SectionValues<S>
  /** Some keys of a section that another process owns and checks: what is wrong or unknown there is left to it. */
  pick<const T extends Fields>(name: string, fields: T): SectionValues<Section<T>>
  has(path: readonly string[]): boolean
  valueAt(path: readonly string[]): unknown
  locate(path: readonly string[]): SourcePosition | null
  /** Absolute path of a file or folder named in the configuration: relative ones start at the folder of the main file. */
  resolvePath(path: string): string
}

/** Finds and reads the configuration. Throws CONFIG_UNREADABLE or CONFIG_INVALID. */
export function loadConfig(options: ConfigOptions = {}): Config {
  const { environment = process.env, cwd = process.cwd() } = options
  const file = chooseFile(options, environment, cwd)
  const source = file === null ? { tree: {}, files: [], locate: () => null } : readConfigTree(file)
  const origins = applyEnvironment(source.tree, environment)
  const baseDir = file === null || options.profile !== undefined ? cwd : dirname(file)
  const locate = (path: readonly string[]): SourcePosition | null => {
    const variable = origins.get(pathKey(path))
    if (variable !== undefined) return { file: variable, line: null, column: null }
    return source.locate(path)
  }
  const placeOf = (name: string, variables: Readonly<Record<string, string>>): ConfigPlace => {
    const table = name.split('.')
    return {
      key: name,
      locate: (path) => locate([...table, ...path]),
      subsections: subsectionsOf(name),
      variables,
      environment,
    }
  }
  const early = directoryVariables(environment)
  const paths = readSection(pathsConfig, valueAt(source.tree, ['paths']), placeOf('paths', early)).values
  const isDataWritten = valueAt(source.tree, ['paths', 'data']) !== undefined
  const dataDir =
    options.data === undefined
      ? resolve(isDataWritten ? baseDir : cwd, paths.data)
      : resolve(cwd, options.data)
  const variables = { ...early, '%D': dataDir }
  const parseNamed = <S extends Section>(section: S, name: string): SectionValues<S> =>
    parseSection(section, valueAt(source.tree, name.split('.')), placeOf(name, variables))
  return {
    file,
    files: source.files,
    tree: source.tree,
    dataDir,
    read: (section) => parseNamed(section, section.name),
    examine: (section, name = section.name) =>
      readSection(section, valueAt(source.tree, name.split('.')), placeOf(name, variables)),
    readNamed: (section, name) => parseNamed(section, section.name.replace('*', name)),
    pick: (name, fields) =>
      readSection(section(name, fields), valueAt(source.tree, name.split('.')), placeOf(name, variables))
        .values,
    has: (path) => valueAt(source.tree, path) !== undefined,
    valueAt: (path) => valueAt(source.tree, path),
    locate,
    resolvePath: (path) => resolve(baseDir, path),
  }
}

function chooseFile(options: ConfigOptions, environment: NodeJS.ProcessEnv, cwd: string): string | null {
  if (options.profile === undefined) return findConfigFile({ explicit: options.config, environment, cwd })
  if (options.config !== undefined)
    throw new ConfigError({
      code: 'CONFIG_INVALID',
      message: '--profile and --config were both given',
      remedy: 'give one of them: a profile is a packaged configuration file',
    })
  return profileFile(options.profile)
}

/** Path of a packaged configuration. */
function profileFile(name: string): string {
  if (!/^[a-z0-9-]{1,32}$/.test(name))
    throw new ConfigError({
      code: 'CONFIG_INVALID',
      message: `${JSON.stringify(name)} is not the name of a profile`,
      remedy: 'the packaged profile is demo',
    })
  return fileURLToPath(new URL(`../../profiles/${name}.toml`, import.meta.url))
}

/** systemd's directories as environment variables, or where they are for a user. */
function directoryVariables(environment: NodeJS.ProcessEnv): Record<string, string> {
  const home = homedir()
  const first = (name: string): string | undefined => environment[name]?.split(':')[0]
  return {
    '%S': first('STATE_DIRECTORY') ?? environment['XDG_STATE_HOME'] ?? `${home}/.local/state`,
    '%L': first('LOGS_DIRECTORY') ?? `${home}/.local/state/log`,
    '%C': first('CACHE_DIRECTORY') ?? environment['XDG_CACHE_HOME'] ?? `${home}/.cache`,
    '%t': first('RUNTIME_DIRECTORY') ?? environment['XDG_RUNTIME_DIR'] ?? tmpdir(),
  }
}

function valueAt(tree: unknown, path: readonly string[]): unknown {
  let value = tree
  for (const name of path) {
    if (!isConfigTable(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}
