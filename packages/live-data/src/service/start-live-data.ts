import { hostname } from 'node:os'
import { randomUUID } from 'node:crypto'
import { openBus, type Bus, type BusOptions } from '@beamtime/bus'
import { buildInfo, type Logger, type RunningService, type ServiceContext } from '@beamtime/service-kit'
import { LiveDataCore, type CoreAction, type CoreEvent } from '../core/live-data-core.ts'
import type { Dialect } from '../core/jobs/job-id.ts'
import { serviceStreams } from '../core/service-streams.ts'
import { streamTable } from '../core/stream-table.ts'
import type { Shard } from '../core/stream-owner.ts'
import { liveDataTopics } from '../core/topic-names.ts'
import { LiveDataError } from '../error.ts'
import type { Instrument } from '../instruments/instrument.ts'
import { instrumentNamed } from '../instruments/registry.ts'
import { workflowsOf } from '../workflows/catalog.ts'
import type { GeometricScreens } from '../workflows/detector-view.ts'
import type { ServiceName } from '../workflows/workflow.ts'
import { boundedProducer } from './bounded-producer.ts'
import { addLiveDataMetrics } from './live-data-metrics.ts'
import { noGeometry } from './geometry-files.ts'
import { readGeometryFile } from './read-geometry-file.ts'
import { pngSink } from './png-sink.ts'
import { startReading } from './start-reading.ts'
import type { ResultSink } from './result-sink.ts'
import { processedTopics, rawTopics } from './topic-settings.ts'

/** The four services by the names of their commands. */
export const serviceNames = {
  'monitor-data': 'monitor_data',
  'detector-data': 'detector_data',
  'data-reduction': 'data_reduction',
  timeseries: 'timeseries',
} as const satisfies Record<string, ServiceName>
export type ServiceKind = keyof typeof serviceNames

export interface LiveDataConfig {
  readonly instrument: string
  /** Simplified raw topic names, as the fakes use. */
  readonly dev: boolean
  /** The default workflows start by themselves; always with the PNG sink. */
  readonly autoStart: boolean
  readonly sink: 'kafka' | 'png'
  /** Folder of the pictures, absolute. */
  readonly sinkDir: string
  /** Where the raw data are. */
  readonly upstream: BusOptions
  /** Where results and commands go; absent = upstream. */
  readonly downstream?: BusOptions
  /** Shortest window in s. Default 1. */
  readonly windowS?: number
  /** Bytes of histograms. Default 8 GiB. */
  readonly maxBytes?: number
  /** This process of several that share the streams. */
  readonly shard?: Shard
  readonly dialect?: Dialect
  /** NeXus file with the places of the pixels, absolute. */
  readonly geometryFile?: string
}

const tickMs = 50

/**
 * Runs one of the four services: reads raw data and commands, publishes results, answers and status. Rejects with
 * LIVEDATA_INSTRUMENT_UNKNOWN or BusError.
 */
export async function startLiveData(
  kind: ServiceKind,
  config: LiveDataConfig,
  context: ServiceContext,
): Promise<RunningService> {
  const instrument = instrumentNamed(config.instrument)
  const service = serviceNames[kind]
  const { log } = context
  const workflows = workflowsOf(instrument, await screensOf(config, { service, instrument, log }))
  const table = streamTable(instrument, { dev: config.dev })
  const streams = serviceStreams(service, { instrument, table, workflows, ...pick(config, ['shard']) })
  const upstream = openBus({ ...config.upstream, log })
  const downstream = config.downstream === undefined ? upstream : openBus({ ...config.downstream, log })
  const buses = new Set([upstream, downstream])
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, context.signal])
  const topics = liveDataTopics(instrument.name)
  const core = new LiveDataCore({
    instrument,
    service,
    workflows,
    table,
    wants: streams.wants,
    reporter: { version: buildInfo().version, host: hostname(), pid: process.pid },
    workerId: randomUUID(),
    newId: randomUUID,
    startedAtMs: Date.now(),
    ...pick(config, ['shard', 'dialect', 'windowS', 'maxBytes']),
  })
  try {
    await upstream.ensureTopics(rawTopics(streams.topics), { signal })
    await downstream.ensureTopics(processedTopics(instrument.name), { signal })
  } catch (error) {
    await closeAll(buses)
    throw error
  }
  const control = boundedProducer(downstream.producer(), log)
  const sink: ResultSink = config.sink === 'png' ? pngSink({ directory: config.sinkDir, log }) : dataSink()

  function dataSink(): ResultSink {
    const data = boundedProducer(downstream.producer(), log)
    return {
      accept({ value, nicos }) {
        data.send(topics.data, value)
        if (nicos !== null) data.send(topics.nicos, nicos)
      },
      dropped: () => data.dropped(),
      close: () => data.close(),
    }
  }

  const metrics = addLiveDataMetrics(core, { context, sink, service, instrument: instrument.name })
  const carryOut = (actions: readonly CoreAction[]): void => {
    for (const action of actions) {
      switch (action.kind) {
        case 'result':
          sink.accept(action.message)
          metrics.published(action.message)
          break
        case 'answer':
          control.send(topics.responses, action.value)
          break
        case 'status':
          control.send(topics.heartbeat, action.value)
          break
        case 'not-resumed':
          log.warn('livedata.job-not-resumed', { job: action.job })
          break
      }
    }
  }
  const step = (event: CoreEvent): void => {
    const from = performance.now()
    carryOut(core.step(event))
    core.step({ kind: 'spent', elapsedMs: performance.now() - from })
  }

  const startsDefaults = config.autoStart || config.sink === 'png'
  const isShared = (config.shard?.count ?? 1) > 1
  // One that makes pictures stands beside a service that publishes: it has jobs of its own.
  const takesUp = isShared || (startsDefaults && config.sink === 'kafka')
  const reading = startReading({
    upstream,
    downstream,
    signal,
    step,
    rawTopics: streams.topics,
    topics,
    log,
    takesUp: takesUp ? { startsDefaults, isShared, announce: () => carryOut([core.announce()]), core } : null,
    onState: (isConnected) => context.health.set('bus', { ok: isConnected }),
  })
  const timer = setInterval(() => step({ kind: 'tick', nowMs: Date.now() }), tickMs)
  let closing: Promise<void> | null = null
  const shutDown = async (error: string | null): Promise<void> => {
    clearInterval(timer)
    stop.abort()
    await Promise.allSettled(reading.done)
    carryOut(core.step({ kind: 'stop', error, nowMs: Date.now() }))
    await Promise.all([sink.close(), control.close()])
    await closeAll(buses)
  }
  reading.failed.then(
    (error: unknown) => {
      log.error('livedata.reading-failed', { err: error })
      closing ??= shutDown(error instanceof Error ? error.message : String(error))
      // The crash handler of the process ends it; supervisors start it again.
      void closing.finally(() => queueMicrotask(() => raise(error)))
    },
    () => undefined,
  )
  const connected = await Promise.race([reading.connected, aborted(signal)])
  if (connected === 'connected') {
    log.info('kafka_consumer_ready', { topics: streams.topics })
    await reading.begin()
    if (startsDefaults && !takesUp)
      step({ kind: 'resume', commands: [], answers: [], startsDefaults, nowMs: Date.now() })
    log.info('Service started', { service, instrument: instrument.name })
  }
  return {
    endpoints: [],
    status: () =>
      `${core.all().length} jobs, ${core.counts.events} events, window ${core.intervalS().toFixed(1)} s`,
    close: () => (closing ??= shutDown(null)),
  }
}

/** A file that cannot be read costs the projections, which are refused with the reason, and nothing else. */
async function screensOf(
  { geometryFile }: LiveDataConfig,
  place: { readonly service: ServiceName; readonly instrument: Instrument; readonly log: Logger },
): Promise<GeometricScreens> {
  if (geometryFile === undefined || place.service !== 'detector_data') return noGeometry
  try {
    return await readGeometryFile(geometryFile, place.instrument)
  } catch (error) {
    if (!(error instanceof LiveDataError)) throw error
    place.log.error('livedata.geometry-unread', { file: geometryFile, err: error })
    return () => {
      throw error
    }
  }
}

async function closeAll(buses: ReadonlySet<Bus>): Promise<void> {
  await Promise.all([...buses].map((bus) => bus.close()))
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  if (signal.aborted) return Promise.resolve('aborted')
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve('aborted'), { once: true })
  })
}

function raise(error: unknown): never {
  throw error instanceof Error ? error : new Error(String(error))
}

/** The named properties that are there. */
function pick<T extends object, K extends keyof T>(
  from: T,
  names: readonly K[],
): { [N in K]?: NonNullable<T[N]> } {
  const picked: { [N in K]?: NonNullable<T[N]> } = {}
  for (const name of names) {
    const value = from[name]
    if (value !== undefined && value !== null) picked[name] = value
  }
  return picked
}
