import type { facilityConfig, opsConfig, SectionValues } from '@beamtime/service-kit'
import type { ManagerSettings } from './core/manager.ts'
import type { keyvalueConfig, queueConfig } from './config.ts'
import { isCurveKey } from './curve-key.ts'
import { QueueManagerError } from './error.ts'

/** How documents reach the bus; goes to the worker host as it is. */
export interface ManagerBus {
  readonly bootstrapServers: readonly string[]
  readonly security?: string
  readonly sasl?: object
  readonly tls?: object
  readonly client?: object
  /** Default 'spool'. */
  readonly onUnavailable?: 'spool' | 'block' | 'fail'
  /** Default 10 GiB. */
  readonly spoolMaxBytes?: number
}

export interface ManagerConfig {
  /** Name of the queue, the part behind `queue.` in the configuration. */
  readonly name: string
  readonly queue: SectionValues<typeof queueConfig>
  readonly keyvalue: SectionValues<typeof keyvalueConfig>
  readonly bus: ManagerBus
  readonly facility: SectionValues<typeof facilityConfig>
  readonly ops: SectionValues<typeof opsConfig>
  /** Program and arguments that start a worker host; `--socket PATH --spec FILE` is appended. */
  readonly workerCommand: readonly string[]
  /** The worker ends when this process is gone; null = never. Default: the parent, where it supervises this process. */
  readonly supervisorPid?: number | null
  /** This process follows one that crashed: autostart and a pending stop go on. Default false. */
  readonly restarted?: boolean
  /** Pid that the predecessor of this process gave to `onWorker` last, if that one lives. Default null. */
  readonly workerPid?: number | null
  /** Where console text goes besides the info stream. Default: the service's log, with print_console_output on. */
  readonly console?: ConsoleOptions
  /** The pid of each worker host that is started or found, null when it is gone. */
  readonly onWorker?: (pid: number | null) => void
  /** Twice a second while the manager answers: it asks itself for its status, by the way that clients take. */
  readonly onAlive?: () => void
  /** `manager_stop` was accepted. Default: SIGTERM to this process, so that it drains. */
  readonly onStop?: () => void
  /** `manager_kill`. Default: SIGKILL to this process. */
  readonly onCrash?: () => void
}

export interface ConsoleOptions {
  /** Lines of manager and worker below this level are neither written nor published. At debug level module and line
   * stand behind the logger's name, as in the queue server. */
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Takes text as it is, not lines; null = nothing is written. */
  readonly write: ((text: string) => void) | null
}

/** Refuses what is not supported and wrong keys, before anything is bound. Throws QUEUE_FEATURE_MISSING, QUEUE_KEY_MALFORMED. */
export function checkFeatures({ name, queue }: ManagerConfig): void {
  if (queue.ipython) {
    throw missingFeature(`queue.${name}.ipython`, 'Set it to false: plans run in the plain worker.')
  }
  const keys = [queue.zmq_private_key, ...queue.curve_client_keys].filter((key) => key !== '')
  if (!keys.every(isCurveKey)) {
    throw new QueueManagerError({
      code: 'QUEUE_KEY_MALFORMED',
      message: 'ZMQ private key is improperly formatted: the key must be a 40 byte z85 encoded string',
      fault: 'caller',
      remedy: `Correct queue.${name}.zmq_private_key or curve_client_keys; qserver-zmq-keys makes a pair.`,
    })
  }
  if (queue.curve_client_keys.length > 0 && queue.zmq_private_key === '') {
    throw new QueueManagerError({
      code: 'QUEUE_KEY_MALFORMED',
      message: `queue.${name}.curve_client_keys needs zmq_private_key`,
      fault: 'caller',
      remedy: 'Set zmq_private_key, or remove curve_client_keys.',
    })
  }
}

function missingFeature(what: string, remedy: string): QueueManagerError {
  return new QueueManagerError({
    code: 'QUEUE_FEATURE_MISSING',
    message: `${what} is not supported by this release`,
    fault: 'caller',
    remedy,
  })
}

/** Topic of the documents: as configured, or made from the instrument's id. */
export function documentsTopic({ name, queue, facility }: ManagerConfig): string {
  if (queue.topic !== '') return queue.topic
  const instrument = facility.instrument_id
  return name === 'main' ? `${instrument}.bluesky.documents` : `${instrument}.${name}.bluesky.documents`
}

export function coreSettings({ queue }: ManagerConfig, version: string): ManagerSettings {
  return {
    versionText: queue.version_text === '' ? version : queue.version_text,
    permissionsReload: queue.permissions_reload,
    updateLists: queue.update_plans_devices,
    emergencyLockKey: queue.emergency_lock_key,
    permittedMetadataKeys: queue.permitted_re_metadata_keys,
    historyKeepItems: queue.history_keep_items,
    autostart: queue.autostart,
    openEnvironmentOnStart: queue.open_environment_on_start,
    proposals: queue.proposals,
    announcesRuns: queue.worker === 'native',
  }
}
