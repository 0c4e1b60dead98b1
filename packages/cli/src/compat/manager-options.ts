import type { ArgumentTable, ArgumentValues } from './python-arguments.ts'

const onOff = ['ON', 'OFF'] as const
const value = 'value'
const ipython = 'IPython kernel mode is not supported; the option is accepted and checked.'
const legacy = 'Legacy option of older releases'

/** Options of `start-re-manager`, by the names that argparse gives them. */
export const managerOptions = {
  config_path: {
    flags: ['--config'],
    takes: value,
    help: 'YAML file or folder of YAML files with settings (QSERVER_CONFIG).',
  },
  zmq_control_addr: {
    flags: ['--zmq-control-addr'],
    takes: value,
    help: 'Address of the control socket (QSERVER_ZMQ_CONTROL_ADDRESS_FOR_SERVER; default tcp://*:60615).',
  },
  zmq_addr: { flags: ['--zmq-addr'], takes: value, help: `${legacy}: use --zmq-control-addr.` },
  zmq_encoding: {
    flags: ['--zmq-encoding'],
    takes: value,
    help: "Encoding of both sockets: 'json' (default) or 'msgpack' (QSERVER_ZMQ_ENCODING_FOR_SERVER).",
  },
  startup_profile: {
    flags: ['--startup-profile'],
    takes: value,
    help: 'IPython profile whose startup folder is loaded.',
  },
  startup_module: {
    flags: ['--startup-module'],
    takes: value,
    group: 'startup',
    help: 'Module with startup code.',
  },
  startup_script: {
    flags: ['--startup-script'],
    takes: value,
    group: 'startup',
    help: 'Script with startup code.',
  },
  startup_dir: {
    flags: ['--startup-dir'],
    takes: value,
    group: 'startup',
    help: 'Folder of startup files (*.py, *.ipy; *.ts, *.js).',
  },
  ipython_dir: {
    flags: ['--ipython-dir'],
    takes: value,
    help: 'Folder of IPython profiles (default ~/.ipython).',
  },
  ignore_invalid_plans: {
    flags: ['--ignore-invalid-plans'],
    takes: value,
    choices: onOff,
    help: 'ON: leave out plans with a wrong signature instead of failing to open the environment.',
  },
  device_max_depth: {
    flags: ['--device-max-depth'],
    takes: value,
    help: 'Levels of subdevices in the lists; 0 = all.',
  },
  existing_plans_and_devices_path: {
    flags: ['--existing-plans-devices'],
    takes: value,
    help: 'File, or its folder, with the lists of existing plans and devices.',
  },
  update_existing_plans_devices: {
    flags: ['--update-existing-plans-devices'],
    takes: value,
    choices: ['NEVER', 'ENVIRONMENT_OPEN', 'ALWAYS'],
    help: 'When that file is written (default ENVIRONMENT_OPEN).',
  },
  user_group_permissions_path: {
    flags: ['--user-group-permissions'],
    takes: value,
    help: 'File, or its folder, with the permissions of user groups.',
  },
  user_group_permissions_reload: {
    flags: ['--user-group-permissions-reload'],
    takes: value,
    choices: ['NEVER', 'ON_REQUEST', 'ON_STARTUP'],
    help: 'When permissions are read from that file (default ON_STARTUP).',
  },
  redis_addr: {
    flags: ['--redis-addr'],
    takes: value,
    help: 'Redis that holds the queue: host, host:port, host:port/db, user:password@host:port or a URL. Without a Redis option the queue is kept in a file.',
  },
  redis_name_prefix: {
    flags: ['--redis-name-prefix'],
    takes: value,
    help: 'Prefix of the Redis keys (default qs_default).',
  },
  keep_re: { flags: ['--keep-re'], takes: 'flag', help: `${legacy}; has no effect.` },
  use_ipython_kernel: {
    flags: ['--use-ipython-kernel'],
    takes: value,
    choices: onOff,
    help: 'Must be OFF: plans run in the plain worker.',
  },
  ipython_kernel_ip: { flags: ['--ipython-kernel-ip'], takes: value, help: ipython },
  ipython_matplotlib: { flags: ['--ipython-matplotlib'], takes: value, help: ipython },
  ipython_connection_file: { flags: ['--ipython-connection-file'], takes: value, help: ipython },
  ipython_connection_dir: { flags: ['--ipython-connection-dir'], takes: value, help: ipython },
  ipython_shell_port: { flags: ['--ipython-shell-port'], takes: value, help: ipython },
  ipython_iopub_port: { flags: ['--ipython-iopub-port'], takes: value, help: ipython },
  ipython_stdin_port: { flags: ['--ipython-stdin-port'], takes: value, help: ipython },
  ipython_hb_port: { flags: ['--ipython-hb-port'], takes: value, help: ipython },
  ipython_control_port: { flags: ['--ipython-control-port'], takes: value, help: ipython },
  permitted_re_metadata_keys: {
    flags: ['--permitted-re-metadata-keys'],
    takes: 'list',
    help: 'Parts of the run metadata that clients may read, as paths (QSERVER_PERMITTED_RE_METADATA_KEYS; default /).',
  },
  zmq_info_addr: {
    flags: ['--zmq-info-addr'],
    takes: value,
    help: 'Address of the info socket (QSERVER_ZMQ_INFO_ADDRESS_FOR_SERVER; default tcp://*:60625).',
  },
  zmq_publish_console_addr: {
    flags: ['--zmq-publish-console-addr'],
    takes: value,
    help: `${legacy}: use --zmq-info-addr.`,
  },
  zmq_publish_console: {
    flags: ['--zmq-publish-console'],
    takes: value,
    choices: onOff,
    help: 'ON: console and status go out on the info socket (default OFF).',
  },
  console_output: {
    flags: ['--console-output'],
    takes: value,
    choices: onOff,
    help: 'OFF: nothing is printed here.',
  },
  logger_verbose: { flags: ['--verbose'], takes: 'flag', group: 'verbosity', help: 'Log level DEBUG.' },
  logger_quiet: { flags: ['--quiet'], takes: 'flag', group: 'verbosity', help: 'Log level WARNING.' },
  logger_silent: { flags: ['--silent'], takes: 'flag', group: 'verbosity', help: 'No log.' },
  kafka_topic: {
    flags: ['--kafka-topic'],
    takes: value,
    help: `${legacy}: documents are published on this Kafka topic.`,
  },
  kafka_server: {
    flags: ['--kafka-server'],
    takes: value,
    help: `${legacy}: bootstrap server of that topic (default 127.0.0.1:9092).`,
  },
  zmq_data_proxy_addr: {
    flags: ['--zmq-data-proxy-addr'],
    takes: value,
    help: `${legacy}: 0MQ proxy (host:port) that gets the documents.`,
  },
  use_persistent_metadata: {
    flags: ['--use-persistent-metadata'],
    takes: 'flag',
    help: `${legacy}: the run metadata is always kept.`,
  },
  databroker_config: {
    flags: ['--databroker-config'],
    takes: value,
    help: `${legacy}; has no effect: start the document store beside this manager.`,
  },
  worker: {
    flags: ['--worker'],
    takes: value,
    choices: ['native', 'python'],
    help: 'Ours: engine of the plans. Default: python for Python startup code, else native (BEAMTIME_WORKER).',
  },
  python: {
    flags: ['--python'],
    takes: value,
    help: 'Ours: Python of the python worker (BEAMTIME_PYTHON; default python3).',
  },
  data: {
    flags: ['--data'],
    takes: value,
    help: 'Ours: folder for state and logs (default in ~/.local/state/beamtime).',
  },
  bus: {
    flags: ['--bus'],
    takes: value,
    help: 'Ours: Kafka bootstrap server for the documents, as --kafka-server.',
  },
} as const satisfies ArgumentTable<string>['options']

export type ManagerOptionName = keyof typeof managerOptions
export type ManagerOptions = ArgumentValues<ManagerOptionName>

export const managerArguments: ArgumentTable<ManagerOptionName> = {
  program: 'start-re-manager',
  description:
    'Starts the queue manager as the Bluesky Queue Server does: same options, variables and files.\n\n' +
    "The control socket is encrypted when 'QSERVER_ZMQ_PRIVATE_KEY_FOR_SERVER' holds a private key\n" +
    "(40 characters Z85, from 'qserver-zmq-keys'); clients then need the public key.",
  options: managerOptions,
  positional: null,
}
