import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BusOptions } from '@beamtime/bus'
import type { RunningService, SectionValues, ServiceContext } from '@beamtime/service-kit'
import type { replayConfig } from '../config.ts'
import { usage } from '../error.ts'
import { openReplay } from '../open-replay.ts'
import { replaySocketName } from './control-client.ts'
import { startControlServer } from './control-server.ts'
import { flyRings, ringsOf } from './flight-recorders.ts'
import { ReplayControl } from './replay-control.ts'
import { watchMetrics } from './replay-metrics.ts'

export interface ReplayServiceConfig {
  readonly replay: SectionValues<typeof replayConfig>
  readonly bus: BusOptions
}

/** Starts the service that records and plays. It is asked on `<runtimeDir>/replay-control.sock`, by the gateway. */
export async function startReplay(
  config: ReplayServiceConfig,
  context: ServiceContext,
): Promise<RunningService> {
  const { directory, registry, ...settings } = config.replay
  const rings = ringsOf(settings.ring)
  await mkdir(directory, { recursive: true })
  const replay = openReplay({
    bus: { ...config.bus, log: context.log },
    recordingsDir: directory,
    denyTopics: settings.deny_topics.map((text) => patternOf(text, 'replay.deny_topics')),
    ...(registry === '' ? {} : { registryUrl: registry }),
  })
  const control = new ReplayControl({
    replay,
    directory,
    maxRunning: settings.max_plays + rings.length,
    keepFinished: settings.keep_finished,
    defaults: { speed: settings.default_rate, loops: settings.loop },
    log: context.log,
  })
  watchMetrics(context, control)
  const server = await startControlServer(control, join(context.runtimeDir, replaySocketName))
  const flight = flyRings(rings, { control, context })
  context.health.set('replay', { ok: true })
  return {
    endpoints: [{ name: 'control', url: `unix://${server.path}` }],
    status: () => `${control.plays.runningCount} plays, ${control.recordings.runningCount} recordings`,
    async close() {
      await flight.close()
      await control.close()
      await server.close()
      await replay.close()
    },
  }
}

function patternOf(text: string, key: string): RegExp {
  try {
    return new RegExp(text)
  } catch {
    throw usage(`${key}: ${text} is no regular expression`, 'Correct it.')
  }
}
