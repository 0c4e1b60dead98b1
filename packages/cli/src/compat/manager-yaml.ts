import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { nearestName } from '@beamtime/service-kit'
import { parse } from 'yaml'
import { CompatError } from './compat-error.ts'

type Kind = 'text' | 'boolean' | 'integer' | 'texts'

/** Sections of the YAML configuration of `start-re-manager` and the kinds of their values. */
const sections = {
  network: {
    zmq_control_addr: 'text',
    zmq_private_key: 'text',
    zmq_info_addr: 'text',
    zmq_encoding: 'text',
    zmq_publish_console: 'boolean',
    redis_addr: 'text',
    redis_name_prefix: 'text',
  },
  worker: {
    use_ipython_kernel: 'boolean',
    ipython_kernel_ip: 'text',
    ipython_matplotlib: 'text',
    ipython_connection_file: 'text',
    ipython_connection_dir: 'text',
    ipython_shell_port: 'integer',
    ipython_iopub_port: 'integer',
    ipython_stdin_port: 'integer',
    ipython_hb_port: 'integer',
    ipython_control_port: 'integer',
    permitted_re_metadata_keys: 'texts',
  },
  startup: {
    keep_re: 'boolean',
    device_max_depth: 'integer',
    ignore_invalid_plans: 'boolean',
    existing_plans_and_devices_path: 'text',
    user_group_permissions_path: 'text',
    startup_dir: 'text',
    startup_profile: 'text',
    startup_module: 'text',
    startup_script: 'text',
    ipython_dir: 'text',
  },
  operation: {
    print_console_output: 'boolean',
    console_logging_level: 'text',
    update_existing_plans_and_devices: 'text',
    user_group_permissions_reload: 'text',
    emergency_lock_key: 'text',
  },
  // Removed from the queue server in 0.0.22; read as the options of the same meaning.
  run_engine: {
    use_persistent_metadata: 'boolean',
    kafka_server: 'text',
    kafka_topic: 'text',
    zmq_data_proxy_addr: 'text',
    databroker_config: 'text',
  },
} as const satisfies Record<string, Record<string, Kind>>

type SectionName = keyof typeof sections
export type YamlKey = { [S in SectionName]: `${S}/${keyof (typeof sections)[S] & string}` }[SectionName]

/** Values of a configuration file by `section/key`; absent = not written. */
export type YamlValues = Readonly<Partial<Record<YamlKey, unknown>>>

/** Reads a file, or every file of a folder but hidden ones and Python's. Throws CompatError. */
export function readManagerYaml(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): YamlValues {
  const found = new Map<string, string>()
  const values: Record<string, unknown> = {}
  for (const file of filesOf(path)) {
    const config = expandVariables(parseFile(file), environment)
    for (const [section, table] of sectionsOf(config, file)) {
      const before = found.get(section)
      if (before !== undefined) {
        throw new CompatError(
          `'${section}' can only be specified in one file. It was found in both ${before} and ${file}`,
        )
      }
      found.set(section, file)
      for (const [key, value] of Object.entries(table)) values[`${section}/${key}`] = value
    }
  }
  return values as YamlValues
}

function filesOf(path: string): readonly string[] {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) throw new CompatError(`The config path '${path}' doesn't exist.`)
  if (!stat.isDirectory()) return [path]
  return readdirSync(path)
    .filter((name) => !name.startsWith('.') && extname(name) !== '.py' && name !== '__pycache__')
    .toSorted()
    .map((name) => join(path, name))
}

function parseFile(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new CompatError(`${basename(file)} is not YAML: ${error instanceof Error ? error.message : ''}`)
  }
}

/** `$NAME` and `${NAME}` of texts; names that are not set stay as they are. */
function expandVariables(value: unknown, environment: Readonly<Record<string, string | undefined>>): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(
      /\$(?:(\w+)|\{([^}]*)\})/g,
      (whole, bare: string | undefined, braced: string | undefined) =>
        environment[bare ?? braced ?? ''] ?? whole,
    )
  }
  if (Array.isArray(value)) return value.map((item) => expandVariables(item, environment))
  if (!isTable(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, expandVariables(item, environment)]),
  )
}

function sectionsOf(config: unknown, file: string): readonly (readonly [string, Record<string, unknown>])[] {
  const fail = (problem: string): never => {
    throw new CompatError(`ValidationError while parsing configuration file ${file}: ${problem}`)
  }
  // An empty file is an empty configuration.
  if (config === null || config === undefined) return []
  if (!isTable(config)) return fail('a mapping of sections is expected')
  return Object.entries(config).map(([name, table]) => {
    if (!isSection(name)) return fail(unknownName(name, Object.keys(sections)))
    if (!isTable(table)) return fail(`section '${name}' is not a mapping`)
    const kinds: Readonly<Record<string, Kind>> = sections[name]
    for (const [key, value] of Object.entries(table)) {
      const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined
      if (kind === undefined) fail(`${name}: ${unknownName(key, Object.keys(kinds))}`)
      else if (!isOfKind(kind, value))
        fail(`${name}/${key}: ${JSON.stringify(value)} is not of type '${kind}'`)
    }
    return [name, table] as const
  })
}

function unknownName(name: string, known: readonly string[]): string {
  const near = nearestName(name, known)
  return `unexpected key '${name}'${near === null ? '' : ` (did you mean '${near}'?)`}`
}

function isSection(name: string): name is SectionName {
  return Object.hasOwn(sections, name)
}

function isOfKind(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string'
    case 'boolean':
      return typeof value === 'boolean'
    case 'integer':
      return Number.isInteger(value)
    case 'texts':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
