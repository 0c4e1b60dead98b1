import { mkdir } from 'node:fs/promises'
import type { BusOptions } from '@beamtime/bus'
import type { RunningService, SectionValues, ServiceContext } from '@beamtime/service-kit'
import type { replayConfig } from '../config.ts'
import { usage } from '../error.ts'
import { openReplay } from '../open-replay.ts'
import { startControlServer } from './control-server.ts'
import { createReplayControl } from './replay-control.ts'

export interface ReplayServiceConfig {
  readonly replay: SectionValues<typeof replayConfig>
  readonly bus: BusOptions
}

/** Starts the service that records and plays. Its control listens on `<runtimeDir>/replay-control.sock`, for the gateway. */
export async function startReplay(
  config: ReplayServiceConfig,
  context: ServiceContext,
): Promise<RunningService> {
  const {
    recordings,
    deny_topics: denyTopics,
    registry,
    max_plays: maxRunning,
    keep_finished: keepFinished,
  } = config.replay
  await mkdir(recordings, { recursive: true })
  const replay = openReplay({
    bus: { ...config.bus, log: context.log },
    recordingsDir: recordings,
    denyTopics: denyTopics.map(pattern),
    ...(registry === '' ? {} : { registryUrl: registry }),
  })
  const control = createReplayControl({
    replay,
    recordingsDir: recordings,
    maxRunning,
    keepFinished,
    log: context.log,
  })
  const server = await startControlServer(control, `${context.runtimeDir}/replay-control.sock`)
  context.health.set('replay', { ok: true })
  const metrics = watchMetrics(context, control)
  return {
    endpoints: [{ name: 'control', url: `unix://${server.path}` }],
    status: () => {
      const plays = control
        .listPlays()
        .filter(({ result, error }) => result === null && error === null).length
      return `${plays} plays`
    },
    async close() {
      clearInterval(metrics)
      await control.close()
      await server.close()
      await replay.close()
    },
  }
}

function watchMetrics(
  context: ServiceContext,
  control: ReturnType<typeof createReplayControl>,
): NodeJS.Timeout {
  const sent = context.metrics.gauge('beamtime_replay_sent_messages', 'Messages that a play has sent.', [
    'play',
  ])
  const lag = context.metrics.gauge(
    'beamtime_replay_lag_seconds',
    'How late the messages of a play go out, at most.',
    ['play'],
  )
  const timer = setInterval(() => {
    for (const { id, progress } of control.listPlays()) {
      sent.set({ play: id }, progress.sent)
      lag.set({ play: id }, progress.lag.maxMs / 1_000)
    }
  }, 1_000)
  timer.unref()
  return timer
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch {
    throw usage(`replay.deny_topics: ${text} is no regular expression`, 'Correct it.')
  }
}
