import type { Bus, BusOptions } from '@beamtime/bus'
import type { RunningService, ServiceContext } from '@beamtime/service-kit'
import { openRestServer } from '../faces/rest-server.ts'
import { openWebsocketServer } from '../faces/websocket-server.ts'
import { attachBroker } from './attach-broker.ts'
import { attachRedis } from './attach-redis.ts'
import { Daq } from './daq.ts'
import { exportMetrics } from './daq-metrics.ts'
import { daqSettings, type DaqValues } from './daq-settings.ts'
import { logStatistics } from './statistics-log.ts'

export interface DaqServiceConfig {
  /** Name of the table `[daq.NAME]`. */
  readonly name: string
  readonly daq: DaqValues
  /** The platform's bus; the data plane does not need it. */
  readonly bus?: BusOptions | Bus
  /** Resolves paths of the configuration file. */
  readonly resolvePath?: (path: string) => string
}

/** Starts one detector: role `daq@NAME`. Rejects with DAQ_CONFIG_INVALID, DAQ_CALIBRATION_UNREADABLE, DAQ_PORT_TAKEN, DAQ_RECEIVER_UNAVAILABLE. */
export async function startDaq(config: DaqServiceConfig, context: ServiceContext): Promise<RunningService> {
  const { name } = config
  const settings = daqSettings(name, config.daq, {
    dataDir: context.dataDir,
    ...(config.resolvePath === undefined ? {} : { resolvePath: config.resolvePath }),
  })
  const daq = await Daq.start({ name, settings, dataDir: context.dataDir, log: context.log })
  // Where files go that name no folder of their own; a person who writes by hand finds it there.
  await daq.prepareDirectory()
  const open: { close(): Promise<void> }[] = []
  const endpoints: { name: string; url: string }[] = []
  try {
    if (settings.rest !== undefined) {
      const server = await openRestServer(daq, settings.rest)
      open.push(server)
      endpoints.push({ name: 'rest', url: server.url })
    }
    if (settings.websocket !== undefined) {
      const server = await openWebsocketServer(daq, settings.websocket)
      open.push(server)
      endpoints.push({ name: 'websocket', url: server.url })
    }
    if (settings.redis !== '') open.push(attachRedis(daq, { address: settings.redis, name }, context))
    if (settings.rabbitmq.url !== '')
      open.push(await attachBroker(daq, { ...settings.rabbitmq, name }, context))
  } catch (error) {
    await Promise.all(open.map((server) => server.close()))
    await daq.close()
    throw error
  }
  for (const url of daq.pipeline?.liveEndpoints ?? []) endpoints.push({ name: 'live', url })
  exportMetrics(context.metrics, daq)
  const statistics = logStatistics(daq, context.log)
  context.health.set('pipeline', { ok: true })
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    statistics.close()
    await daq.control.stop()
    await Promise.all(open.map((server) => server.close()))
    await daq.close()
  }
  return {
    endpoints,
    status: () => statusLine(daq),
    close: () => (closing ??= close()),
  }
}

function statusLine(daq: Daq): string {
  const { detector } = daq.rates
  const { pipeline, control } = daq
  const lost =
    pipeline?.model.ports.reduce((sum, _port, index) => sum + pipeline.counters.port(index).packetsLost, 0) ??
    0
  const { acquisition } = control
  const writing =
    control.isWriting && acquisition !== null
      ? `writing ${acquisition.info.output_file} (${acquisition.completed} images)`
      : 'writer ready'
  return [
    `${detector.images_per_second.toFixed(1)} images/s`,
    `${(detector.bytes_per_second / 1e6).toFixed(0)} MB/s`,
    `${lost} packets lost`,
    writing,
  ].join(', ')
}
