import { keyvalueConfig, queueConfig, startManager } from '@beamtime/queue-manager'
import { beamtimeCommand } from '../supervisor/platform-services.ts'
import { supervisorMark } from '../supervisor/leftover-processes.ts'
import { workerProcesses } from '../supervisor/worker-processes.ts'
import { detectorEnvironment } from '../config/daq-addresses.ts'
import { queueCatalogs } from '../config/queue-catalogs.ts'
import { liveDataEnvironment } from './live-data-buses.ts'
import type { ServiceSetup } from './run-as-service.ts'
import { workerBusOf, facilityOf, opsOf } from './service-config.ts'

/** Role `queue@NAME`: the manager of one queue. */
export function managerService(name: string): ServiceSetup {
  return {
    role: `queue@${name}`,
    prepare(config) {
      const written = config.readNamed(queueConfig, name)
      const topic = queueCatalogs(config).find((entry) => entry.queue === name)?.topic ?? written.topic
      const path = (value: string): string => (value === '' ? '' : config.resolvePath(value))
      const queue = {
        ...written,
        topic,
        env: { ...detectorEnvironment(config), ...liveDataEnvironment(config), ...written.env },
        cwd: path(written.cwd),
        startup_dir: path(written.startup_dir),
        ipython_dir: path(written.ipython_dir),
        startup_script: path(written.startup_script),
        existing_plans_devices: path(written.existing_plans_devices),
        permissions: path(written.permissions),
      }
      const keyvalue = config.read(keyvalueConfig)
      const bus = workerBusOf(config, `beamtime-queue-${name}`)
      const facility = facilityOf(config)
      const ops = opsOf(config)
      const workerCommand = [...beamtimeCommand(), 'worker-host']
      // A worker whose manager died before it listened can be found by its process only.
      const supervisor = Number(process.env[supervisorMark])
      const workerPid = workerProcesses(supervisor).find((worker) => worker.queue === name)?.pid ?? null
      return (context) =>
        startManager({ name, queue, keyvalue, bus, facility, ops, workerCommand, workerPid }, context)
    },
  }
}
