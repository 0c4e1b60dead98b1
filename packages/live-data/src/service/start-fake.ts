import { openBus, type BusOptions } from '@beamtime/bus'
import type { RunningService, ServiceContext } from '@beamtime/service-kit'
import { fakeDetectors, type FakeDetectorOptions } from '../fakes/fake-detectors.ts'
import { fakeLogdata } from '../fakes/fake-logdata.ts'
import { fakeMonitors, type FakeMonitorOptions } from '../fakes/fake-monitors.ts'
import type { EventOptions, FakeSource } from '../fakes/fake-source.ts'
import { nexusReplay } from '../fakes/nexus-replay.ts'
import { readEvents } from '../geometry/read-events.ts'
import type { Instrument } from '../instruments/instrument.ts'
import { instrumentNamed } from '../instruments/registry.ts'
import { boundedProducer } from './bounded-producer.ts'
import { withNexusFile } from './open-nexus-file.ts'
import { rawTopics } from './topic-settings.ts'

export type FakeConfig = {
  readonly instrument: string
  readonly upstream: BusOptions
  /** Stops after so many points; absent = never. */
  readonly points?: number
  /** Time of the first point, ns; absent = now. */
  readonly startNs?: bigint
} & (
  | { readonly kind: 'fake-monitors'; readonly options: FakeMonitorOptions }
  | { readonly kind: 'fake-detectors'; readonly options: FakeDetectorOptions }
  | { readonly kind: 'fake-logdata'; readonly options: { readonly pointsPerSecond?: number } }
)

const wakeMs = 10
/** After a longer pause (a machine asleep) what was missed is not made up for. */
const mostBehindNs = 2_000_000_000n

/** Sends simulated raw data in the rhythm of the source, by wall time. Rejects with LIVEDATA_INSTRUMENT_UNKNOWN, LIVEDATA_REFUSED (a NeXus file) or BusError. */
export async function startFake(config: FakeConfig, context: ServiceContext): Promise<RunningService> {
  const source = await sourceOf(config)
  const { log, signal } = context
  const bus = openBus({ ...config.upstream, log })
  try {
    await bus.ensureTopics(rawTopics(source.topics), { signal })
  } catch (error) {
    await bus.close()
    throw error
  }
  const producer = boundedProducer(bus.producer(), log)
  const offsetNs = (config.startNs ?? nowNs()) - nowNs()
  let nextNs = nowNs() + offsetNs
  let sent = 0
  let messages = 0
  const send = (): void => {
    const until = nowNs() + offsetNs
    if (until - nextNs > mostBehindNs) nextNs = until - mostBehindNs
    while (nextNs <= until && sent < (config.points ?? Infinity)) {
      for (const { topic, value } of source.at(nextNs, sent)) {
        producer.send(topic, value)
        messages += 1
      }
      sent += 1
      nextNs += source.periodNs
    }
    if (sent >= (config.points ?? Infinity)) clearInterval(timer)
  }
  const timer = setInterval(send, wakeMs)
  const close = async (): Promise<void> => {
    clearInterval(timer)
    await producer.close()
    await bus.close()
  }
  log.info('Service started', { service: config.kind, instrument: config.instrument, topics: source.topics })
  let closing: Promise<void> | null = null
  return {
    endpoints: [],
    status: () => `${sent} points, ${messages} messages sent, ${producer.dropped()} dropped`,
    close: () => (closing ??= close()),
  }
}

async function sourceOf(config: FakeConfig): Promise<FakeSource> {
  const instrument = instrumentNamed(config.instrument)
  switch (config.kind) {
    case 'fake-monitors':
      return config.options.nexusFile === undefined
        ? fakeMonitors(instrument.name, config.options)
        : replayOf(config.options.nexusFile, { instrument, kind: 'NXmonitor', options: config.options })
    case 'fake-detectors':
      return config.options.nexusFile === undefined
        ? fakeDetectors(instrument, config.options)
        : replayOf(config.options.nexusFile, { instrument, kind: 'NXdetector', options: config.options })
    case 'fake-logdata':
      return fakeLogdata(instrument, config.options)
  }
}

async function replayOf(
  path: string,
  what: {
    readonly instrument: Instrument
    readonly kind: 'NXdetector' | 'NXmonitor'
    readonly options: EventOptions
  },
): Promise<FakeSource> {
  const { instrument, kind, options } = what
  const topic = `${instrument.name}_${kind === 'NXmonitor' ? 'beam_monitor' : 'detector'}`
  return nexusReplay(topic, { sources: await withNexusFile(path, (file) => readEvents(file, kind)), options })
}

function nowNs(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1_000)) * 1_000n
}
