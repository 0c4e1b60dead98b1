import { resolve } from 'node:path'
import { isCurveKey } from '@beamtime/queue-manager/curve'
import { CompatError } from './compat-error.ts'
import { expandHome } from './home-path.ts'
import type { ManagerOptionName, ManagerOptions } from './manager-options.ts'
import type { YamlKey, YamlValues } from './manager-yaml.ts'
import { startupChoice, type StartupChoice, type WorkerKind } from './startup-choice.ts'

/** Effective settings under the names of the queue server's settings file. */
export interface ManagerSettings {
  readonly console_logging_level: 10 | 20 | 30 | 51
  readonly demo_mode: boolean
  readonly device_max_depth: number
  readonly emergency_lock_key: string | null
  readonly existing_plans_and_devices_path: string | null
  readonly ignore_invalid_plans: boolean
  readonly ipython_connection_dir: string | null
  readonly ipython_connection_file: string | null
  readonly ipython_control_port: number | null
  readonly ipython_dir: string | null
  readonly ipython_hb_port: number | null
  readonly ipython_iopub_port: number | null
  readonly ipython_kernel_ip: string
  readonly ipython_matplotlib: string | null
  readonly ipython_shell_port: number | null
  readonly ipython_stdin_port: number | null
  readonly permitted_re_metadata_keys: readonly string[]
  readonly print_console_output: boolean
  readonly redis_addr: string
  readonly redis_name_prefix: string
  readonly startup_dir: string | null
  readonly startup_module: string | null
  readonly startup_profile: string | null
  readonly startup_script: string | null
  readonly update_existing_plans_devices: string
  readonly use_ipython_kernel: boolean
  readonly user_group_permissions_path: string | null
  readonly user_group_permissions_reload: string
  readonly zmq_control_addr: string
  readonly zmq_encoding: string
  readonly zmq_info_addr: string
  readonly zmq_private_key: string | null
  readonly zmq_publish_console: boolean
}

/** What the settings file of the queue server does not know. */
export interface OwnSettings {
  readonly worker: WorkerKind
  readonly python: string
  /** A Redis option was given. */
  readonly usesRedis: boolean
  /** null: a folder of this user. */
  readonly data: string | null
  /** null: documents are not published. */
  readonly kafkaTopic: string | null
  readonly kafkaServer: string | null
  /** Takes documents by 0MQ; null = none. */
  readonly zmqProxy: string | null
}

export interface SettingsSources {
  readonly options: ManagerOptions
  readonly yaml: YamlValues
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The demo of the queue server's Python package, looked up only for a Python worker without startup code. */
  readonly pythonDemo: (python: string) => string | null
}

export interface EffectiveSettings {
  readonly settings: ManagerSettings
  readonly own: OwnSettings
  readonly startup: StartupChoice
  readonly warnings: readonly string[]
}

/** Default < environment variable < configuration file < command line. Throws CompatError. */
export function effectiveSettings(sources: SettingsSources): EffectiveSettings {
  const read = settingReader(sources)
  const { options, yaml, environment } = sources
  const level = loggingLevel(read)
  if (
    read.boolean('use_ipython_kernel', 'worker/use_ipython_kernel', environment['QSERVER_USE_IPYTHON_KERNEL'])
  ) {
    throw new CompatError(
      'IPython kernel mode is not supported: start without --use-ipython-kernel=ON; plans run in the plain worker.',
    )
  }
  const python = read.text('python') ?? environment['BEAMTIME_PYTHON'] ?? 'python3'
  const startup = startupChoice({
    options,
    yaml,
    forced: read.text('worker') ?? environment['BEAMTIME_WORKER'] ?? null,
    pythonDemo: () => sources.pythonDemo(python),
    ipythonDir: environment['IPYTHONDIR'],
  })
  const settings: ManagerSettings = {
    ...ipythonSettings(read, environment),
    console_logging_level: level,
    demo_mode: startup.demo,
    device_max_depth: depth(read.text('device_max_depth') ?? yaml['startup/device_max_depth']),
    emergency_lock_key:
      read.file('operation/emergency_lock_key') ??
      environment['QSERVER_EMERGENCY_LOCK_KEY_FOR_SERVER'] ??
      null,
    existing_plans_and_devices_path: filePath(
      read.text('existing_plans_and_devices_path', 'startup/existing_plans_and_devices_path') ??
        startup.folder,
      'existing_plans_and_devices.yaml',
    ),
    ignore_invalid_plans: read.boolean('ignore_invalid_plans', 'startup/ignore_invalid_plans') ?? false,
    permitted_re_metadata_keys: permittedKeys(sources),
    print_console_output: read.boolean('console_output', 'operation/print_console_output') ?? true,
    redis_addr: read.text('redis_addr', 'network/redis_addr') ?? 'localhost',
    redis_name_prefix: read.text('redis_name_prefix', 'network/redis_name_prefix') ?? 'qs_default',
    startup_dir: startup.dir,
    startup_module: startup.module,
    startup_profile: startup.profile,
    startup_script: startup.script,
    ipython_dir: startup.ipythonDir,
    update_existing_plans_devices: oneOf(
      ['NEVER', 'ENVIRONMENT_OPEN', 'ALWAYS'],
      read.text('update_existing_plans_devices', 'operation/update_existing_plans_and_devices'),
      'ENVIRONMENT_OPEN',
    ),
    use_ipython_kernel: false,
    user_group_permissions_path: filePath(
      read.text('user_group_permissions_path', 'startup/user_group_permissions_path') ?? startup.folder,
      'user_group_permissions.yaml',
    ),
    user_group_permissions_reload: oneOf(
      ['NEVER', 'ON_REQUEST', 'ON_STARTUP'],
      read.text('user_group_permissions_reload', 'operation/user_group_permissions_reload'),
      'ON_STARTUP',
    ),
    ...networkSettings(read, environment),
  }
  return {
    settings,
    startup,
    own: ownSettings(read, sources, { worker: startup.worker, python }),
    warnings: warningsOf(sources),
  }
}

interface SettingReader {
  text(option: ManagerOptionName, key?: YamlKey, variable?: string): string | null
  file(key: YamlKey): string | null
  boolean(option: ManagerOptionName, key?: YamlKey, variable?: string): boolean | null
  has(option: ManagerOptionName): boolean
}

function settingReader({ options, yaml }: SettingsSources): SettingReader {
  const file = (key: YamlKey | undefined): unknown => (key === undefined ? undefined : yaml[key])
  return {
    text(option, key, variable) {
      const value = options[option] ?? file(key) ?? variable
      return typeof value === 'string' || typeof value === 'number' ? String(value) : null
    },
    file(key) {
      const value = yaml[key]
      return typeof value === 'string' ? value : null
    },
    boolean(option, key, variable) {
      return truth(options[option]) ?? truth(file(key)) ?? truth(variable)
    },
    has: (option) => options[option] !== undefined,
  }
}

const yes: readonly string[] = ['y', 'yes', 't', 'true', 'on', '1']
const no: readonly string[] = ['', 'n', 'no', 'f', 'false', 'off', '0']

/** null: not set, or neither yes nor no. */
function truth(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value.toLowerCase() : null
  if (text === null) return null
  return yes.includes(text) ? true : no.includes(text) ? false : null
}

function loggingLevel(read: SettingReader): ManagerSettings['console_logging_level'] {
  if (read.has('logger_verbose')) return 10
  if (read.has('logger_quiet')) return 30
  if (read.has('logger_silent')) return 51
  const name = read.file('operation/console_logging_level') ?? 'NORMAL'
  const levels = { VERBOSE: 10, NORMAL: 20, QUIET: 30, SILENT: 51 } as const
  if (!Object.hasOwn(levels, name)) {
    throw new CompatError(
      `Unknown level: ${name}. Supported levels: ['VERBOSE', 'NORMAL', 'QUIET', 'SILENT']`,
    )
  }
  return levels[name as keyof typeof levels]
}

function depth(value: unknown): number {
  const number = value === undefined || value === null ? 0 : Number(value)
  if (Number.isInteger(number) && number >= 0) return number
  throw new CompatError(`'device_max_depth' must be a positive integer (value: ${String(value)})`)
}

function oneOf(choices: readonly string[], value: string | null, fallback: string): string {
  if (value === null) return fallback
  if (choices.includes(value)) return value
  throw new CompatError(`'${value}' is not one of ${choices.join(', ')}`)
}

function filePath(path: string | null, name: string): string | null {
  if (path === null) return null
  const absolute = resolve(expandHome(path))
  return absolute.endsWith('.yaml') ? absolute : resolve(absolute, name)
}

function permittedKeys({ options, yaml, environment }: SettingsSources): readonly string[] {
  const given = options.permitted_re_metadata_keys ?? yaml['worker/permitted_re_metadata_keys']
  if (Array.isArray(given)) return given.map(String)
  return (environment['QSERVER_PERMITTED_RE_METADATA_KEYS'] ?? '/').split(':')
}

type NetworkSettings = Pick<
  ManagerSettings,
  'zmq_control_addr' | 'zmq_encoding' | 'zmq_info_addr' | 'zmq_private_key' | 'zmq_publish_console'
>

function networkSettings(read: SettingReader, environment: SettingsSources['environment']): NetworkSettings {
  const encoding = (
    read.text('zmq_encoding', 'network/zmq_encoding', environment['QSERVER_ZMQ_ENCODING_FOR_SERVER']) ??
    'json'
  ).toLowerCase()
  if (encoding !== 'json' && encoding !== 'msgpack') {
    throw new CompatError(
      `0MQ encoding '${encoding}' is not supported. Supported values: ('json', 'msgpack').`,
    )
  }
  const control =
    read.text('zmq_control_addr') ??
    read.text('zmq_addr', 'network/zmq_control_addr', environment['QSERVER_ZMQ_CONTROL_ADDRESS_FOR_SERVER'])
  const info =
    read.text('zmq_info_addr') ??
    read.text(
      'zmq_publish_console_addr',
      'network/zmq_info_addr',
      environment['QSERVER_ZMQ_INFO_ADDRESS_FOR_SERVER'],
    )
  const key =
    read.file('network/zmq_private_key') ??
    (environment['QSERVER_ZMQ_PRIVATE_KEY_FOR_SERVER'] || environment['QSERVER_ZMQ_PRIVATE_KEY'] || null)
  if (key !== null && !isCurveKey(key)) {
    throw new CompatError(
      'ZMQ private key is improperly formatted: the key must be a 40 byte z85 encoded string',
    )
  }
  return {
    zmq_control_addr: control ?? 'tcp://*:60615',
    zmq_encoding: encoding,
    zmq_info_addr: info ?? 'tcp://*:60625',
    zmq_private_key: key,
    zmq_publish_console: read.boolean('zmq_publish_console', 'network/zmq_publish_console') ?? false,
  }
}

type IpythonSettings = Pick<
  ManagerSettings,
  | 'ipython_connection_dir'
  | 'ipython_connection_file'
  | 'ipython_control_port'
  | 'ipython_hb_port'
  | 'ipython_iopub_port'
  | 'ipython_kernel_ip'
  | 'ipython_matplotlib'
  | 'ipython_shell_port'
  | 'ipython_stdin_port'
>

function ipythonSettings(read: SettingReader, environment: SettingsSources['environment']): IpythonSettings {
  const text = (name: 'ip' | 'connection_file' | 'connection_dir'): string | null => {
    const option = name === 'ip' ? 'ipython_kernel_ip' : (`ipython_${name}` as const)
    return read.text(option, `worker/${option}`, environment[`QSERVER_IPYTHON_KERNEL_${name.toUpperCase()}`])
  }
  const port = (name: 'shell' | 'iopub' | 'stdin' | 'hb' | 'control'): number | null => {
    const option = `ipython_${name}_port` as const
    const variable = environment[`QSERVER_IPYTHON_KERNEL_${name.toUpperCase()}_PORT`]
    const value = read.text(option, `worker/${option}`, variable)
    if (value === null) return null
    if (/^\s*[+-]?\d+\s*$/.test(value)) return Number(value)
    throw new CompatError(
      `Incorrect value for IPython ${name.toUpperCase()} port: '${value}' (must be 'int')`,
    )
  }
  return {
    ipython_connection_dir: text('connection_dir'),
    ipython_connection_file: text('connection_file'),
    ipython_control_port: port('control'),
    ipython_hb_port: port('hb'),
    ipython_iopub_port: port('iopub'),
    ipython_kernel_ip: text('ip') ?? 'localhost',
    ipython_matplotlib: read.text('ipython_matplotlib', 'worker/ipython_matplotlib'),
    ipython_shell_port: port('shell'),
    ipython_stdin_port: port('stdin'),
  }
}

function ownSettings(
  read: SettingReader,
  { options, yaml, environment }: SettingsSources,
  chosen: Pick<OwnSettings, 'worker' | 'python'>,
): OwnSettings {
  const redis = [
    options.redis_addr,
    options.redis_name_prefix,
    yaml['network/redis_addr'],
    yaml['network/redis_name_prefix'],
  ]
  const server = read.text('kafka_server', 'run_engine/kafka_server') ?? read.text('bus')
  const topic = read.text('kafka_topic', 'run_engine/kafka_topic')
  const publishes = topic !== null || server !== null
  return {
    ...chosen,
    usesRedis: redis.some((value) => value !== undefined),
    data: read.text('data') ?? environment['BEAMTIME_DATA'] ?? null,
    kafkaTopic: publishes ? (topic ?? 'beamtime.bluesky.documents') : null,
    kafkaServer: publishes ? (server ?? '127.0.0.1:9092') : null,
    zmqProxy: read.text('zmq_data_proxy_addr', 'run_engine/zmq_data_proxy_addr'),
  }
}

const legacyOptions = {
  zmq_addr: 'Use --zmq-control-addr instead.',
  zmq_publish_console_addr: 'Use --zmq-info-addr instead.',
  keep_re: 'It has no effect.',
  kafka_topic: 'Documents are published on this topic.',
  kafka_server: 'Documents are published on this server.',
  zmq_data_proxy_addr: 'Documents go to this proxy as well.',
  use_persistent_metadata:
    'The native worker keeps the run metadata always; Python startup code does so with PersistentDict.',
  databroker_config: 'It has no effect: run the document store on the documents topic.',
} as const satisfies Partial<Record<ManagerOptionName, string>>

function warningsOf({ options, yaml, environment }: SettingsSources): readonly string[] {
  const warnings = Object.entries(legacyOptions)
    .filter(([name]) => options[name as ManagerOptionName] !== undefined)
    .map(([name, advice]) => {
      const flag = `--${name.replaceAll('_', '-')}`
      return `Parameter ${flag} is deprecated and will be removed in future releases. ${advice}`
    })
  if (yaml['startup/keep_re'] !== undefined) {
    warnings.push("The config parameter 'keep_re' is deprecated and will be removed in future releases.")
  }
  if (Object.keys(yaml).some((key) => key.startsWith('run_engine/'))) {
    warnings.push("The config section 'run_engine' is deprecated; its Kafka and 0MQ publishing is honoured.")
  }
  if (!environment['QSERVER_ZMQ_PRIVATE_KEY_FOR_SERVER'] && environment['QSERVER_ZMQ_PRIVATE_KEY']) {
    warnings.push(
      'Environment variable QSERVER_ZMQ_PRIVATE_KEY is deprecated and will be removed in future releases. ' +
        'Use QSERVER_ZMQ_PRIVATE_KEY_FOR_SERVER instead',
    )
  }
  return warnings
}
