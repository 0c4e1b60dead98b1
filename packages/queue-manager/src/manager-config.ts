import type { facilityConfig, opsConfig, SectionValues } from '@beamtime/service-kit'
import type { ManagerSettings } from './core/manager.ts'
import type { keyvalueConfig, queueConfig } from './config.ts'
import { QueueManagerError } from './error.ts'

/** How documents reach the bus; goes to the worker host as it is. */
export interface ManagerBus {
  readonly bootstrapServers: readonly string[]
  readonly security?: string
  readonly sasl?: object
  readonly tls?: object
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
  /** `manager_stop` was accepted. Default: SIGTERM to this process, so that it drains. */
  readonly onStop?: () => void
  /** `manager_kill`. Default: SIGKILL to this process. */
  readonly onCrash?: () => void
}

/** Refuses what a later release brings, before anything is bound. Throws QUEUE_FEATURE_MISSING. */
export function checkFeatures({ name, queue, keyvalue }: ManagerConfig): void {
  const missing: readonly (readonly [used: boolean, key: string, remedy: string])[] = [
    [queue.ipython, 'ipython', 'Set it to false: plans run in the plain worker.'],
    [queue.zmq_private_key !== '', 'zmq_private_key', 'Leave it empty and keep the socket on loopback.'],
    [
      queue.curve_client_keys.length > 0,
      'curve_client_keys',
      'Leave it empty and keep the socket on loopback.',
    ],
    [queue.proposals, 'proposals', 'Set it to false.'],
  ]
  for (const [used, key, remedy] of missing) if (used) throw missingFeature(`queue.${name}.${key}`, remedy)
  if (keyvalue.mode === 'redis') throw missingFeature('keyvalue.mode = "redis"', 'Use mode = "embedded".')
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
  }
}
