import { section } from '@beamtime/service-kit'

/** `[queue.<name>]`, one table a queue manager. */
export const queueConfig = section('queue.*', {
  control: {
    type: 'string',
    default: 'tcp://127.0.0.1:60615',
    pattern: /^(tcp|ipc):\/\/.+$/,
    doc: 'Control socket (requests and replies). tcp://address:port or ipc://path.',
  },
  info: {
    type: 'string',
    default: 'tcp://127.0.0.1:60625',
    pattern: /^(tcp|ipc):\/\/.+$/,
    doc: 'Info socket (console and status). Bound while publish_console is on.',
  },
  encoding: { type: 'enum', values: ['json', 'msgpack'], default: 'json', doc: 'Encoding of both sockets.' },
  zmq_private_key: {
    type: 'string',
    default: '',
    secret: true,
    doc: 'Secret key of the control socket, 40 characters Z85, best as "file:..." or "env:..."; empty = not encrypted. qserver-zmq-keys makes a pair.',
  },
  curve_client_keys: {
    type: 'string[]',
    default: [],
    doc: 'Public keys of clients that may connect; empty = any client that knows the public key. Clients of the Python packages share one key pair.',
  },
  redis_prefix: {
    type: 'string',
    default: 'qs_default',
    doc: 'Prefix of the keys when [keyvalue] mode is redis.',
  },
  topic: {
    type: 'string',
    default: '',
    doc: 'Documents topic. Empty: <instrument_id>.bluesky.documents, of a further queue <instrument_id>.<queue>.bluesky.documents.',
  },
  worker: {
    type: 'enum',
    values: ['native', 'python'],
    default: 'native',
    doc: 'Engine that runs the plans.',
  },
  python: {
    type: 'any',
    default: 'python3',
    doc: 'Python of worker = "python": a command, or a list of its words.',
  },
  cwd: { type: 'string', default: '', doc: 'Working directory of the worker. Empty: the startup directory.' },
  env: { type: 'table', default: {}, doc: 'Further environment variables of the worker.' },
  startup_dir: {
    type: 'string',
    default: '',
    doc: 'Directory of startup files. With no startup key: the packaged demo.',
  },
  startup_module: {
    type: 'string',
    default: '',
    doc: 'Module that holds plans and devices, instead of startup_dir.',
  },
  startup_script: { type: 'string', default: '', doc: 'One startup file, instead of startup_dir.' },
  startup_profile: {
    type: 'string',
    default: '',
    doc: 'IPython profile, instead of startup_dir (worker = "python").',
  },
  ipython_dir: { type: 'string', default: '', doc: 'Directory that holds the IPython profiles.' },
  existing_plans_devices: {
    type: 'string',
    default: '',
    doc: 'File with the lists of plans and devices. Empty: existing_plans_and_devices.yaml in the startup directory, of the demo in state/.',
  },
  device_max_depth: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 100,
    doc: 'Levels of subdevices in the lists; 0 = all.',
  },
  ignore_invalid_plans: {
    type: 'boolean',
    default: false,
    doc: 'Leave out plans with a wrong annotation instead of failing environment_open.',
  },
  keep_re: { type: 'boolean', default: false, doc: 'Accepted for older files; has no effect.' },
  ipython: { type: 'boolean', default: false, doc: 'IPython kernel mode; not supported, must stay false.' },
  publish_documents: {
    type: 'boolean',
    default: true,
    doc: 'The worker host publishes documents on the topic; false when startup code publishes by itself.',
  },
  run_metadata: {
    type: 'boolean',
    default: true,
    doc: 'queue_item_uid, queue_user and queue_user_group go into the start document.',
  },
  record_interruptions: {
    type: 'boolean',
    default: false,
    doc: 'Pauses are recorded in an interruptions stream.',
  },
  zmq_proxy: {
    type: 'string',
    default: '',
    doc: 'host:port of a 0MQ proxy of Bluesky that gets the documents as well, pickled; nothing is kept while it is away.',
  },
  permitted_re_metadata_keys: {
    type: 'string[]',
    default: ['/'],
    doc: 'Parts of the run metadata that re_metadata shows: "/" = everything, "/a/b" = that key with its subtree.',
  },
  permissions: {
    type: 'string',
    default: '',
    doc: 'File with the permissions of user groups. Empty: user_group_permissions.yaml in the startup directory, else the built-in one.',
  },
  permissions_reload: {
    type: 'enum',
    values: ['NEVER', 'ON_REQUEST', 'ON_STARTUP'],
    default: 'ON_STARTUP',
    doc: 'When permissions are read from the file.',
  },
  update_plans_devices: {
    type: 'enum',
    values: ['NEVER', 'ENVIRONMENT_OPEN', 'ALWAYS'],
    default: 'ENVIRONMENT_OPEN',
    doc: 'When the file with the lists of plans and devices is written.',
  },
  publish_console: { type: 'boolean', default: true, doc: 'Console and status go out on the info socket.' },
  print_console_output: {
    type: 'boolean',
    default: true,
    doc: "Console text goes to the service's log as well.",
  },
  emergency_lock_key: {
    type: 'string',
    default: '',
    secret: true,
    doc: 'Key that unlocks any lock. Empty: none.',
  },
  open_environment_on_start: {
    type: 'boolean',
    default: false,
    doc: 'Open the environment when the manager starts.',
  },
  autostart: { type: 'boolean', default: false, doc: 'Autostart of the queue is on after a fresh start.' },
  proposals: {
    type: 'boolean',
    default: false,
    doc: 'Plans enter the queue through proposals only: queue_item_add and queue_item_add_batch are refused, queue_proposal_approve puts an item into the queue.',
  },
  history_keep_items: {
    type: 'integer',
    default: 0,
    min: 0,
    doc: 'Newest history entries that are kept; 0 = all.',
  },
  version_text: {
    type: 'string',
    default: '',
    doc: 'What the status says after "RE Manager v"; empty = our version.',
  },
  worker_memory_max_bytes: {
    type: 'integer',
    default: 0,
    min: 0,
    unit: 'bytes',
    doc: 'Memory limit of the worker; 0 = none (comes with the operations release).',
  },
  devices: {
    type: 'string[]',
    default: ['main'],
    doc: 'Device sets that the worker loads (comes with the devices release).',
  },
})

/** `[keyvalue]`: where queue, history, locks and modes are kept. */
export const keyvalueConfig = section('keyvalue', {
  mode: {
    type: 'enum',
    values: ['embedded', 'redis'],
    default: 'embedded',
    doc: 'embedded = state/*.sqlite; redis = the Redis at address, under the keys of the queue server.',
  },
  address: {
    type: 'string',
    default: 'localhost:6379',
    doc: 'Redis of mode = "redis": host, host:port, host:port/db, user:password@host:port or a URL.',
  },
})
