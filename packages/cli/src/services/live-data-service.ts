import {
  instrumentNamed,
  serviceNames,
  startFake,
  startLiveData,
  type FakeConfig,
  type LiveDataConfig,
  type ServiceKind,
} from '@beamtime/live-data'
import { resolve } from 'node:path'
import { liveDataConfig } from '@beamtime/live-data/config'
import { ConfigError, type RunningService, type ServiceContext } from '@beamtime/service-kit'
import { bootstrapServers } from '../config/bus-address.ts'
import type { Config } from '../config/load-config.ts'
import { useEmbeddedBroker } from './broker-on-demand.ts'
import { liveDataBuses, type LiveDataBuses } from './live-data-buses.ts'
import type { ServiceSetup } from './run-as-service.ts'

/** What the command line says; the section `[livedata.NAME]` says the rest. */
export interface LiveDataChoices {
  readonly instrument: string
  readonly dev?: boolean
  readonly autoStart?: boolean
  readonly sink?: 'kafka' | 'png'
  readonly sinkDir?: string
  /** This process of several that share the streams, from 0. */
  readonly shard?: { readonly index: number; readonly count: number }
  readonly dialect?: 'A' | 'B' | 'C'
  /** Arguments of --data, --config and --profile, for a broker that has to be started. */
  readonly place: readonly string[]
}

/** Role `monitor-data@NAME` and the like: one of the four services for one instrument. */
export function liveDataService(kind: ServiceKind, choices: LiveDataChoices): ServiceSetup {
  const { shard } = choices
  const part = shard === undefined || shard.count === 1 ? '' : `.${shard.index + 1}of${shard.count}`
  return {
    role: `${kind}@${choices.instrument}${part}`,
    prepare(config) {
      const { buses, ...options } = optionsOf(config, kind, choices)
      return (context) =>
        withBroker({ config, buses, place: choices.place, context }, () =>
          startLiveData(kind, options, context),
        )
    },
  }
}

/** Role `fake-monitors@NAME` and the like: simulated raw data. */
export function fakeService(
  fake: FakeChoices,
  choices: Pick<LiveDataChoices, 'instrument' | 'place'>,
): ServiceSetup {
  return {
    role: `${fake.kind}@${choices.instrument}`,
    prepare(config) {
      const { name } = instrumentNamed(choices.instrument)
      const buses = liveDataBuses(config, { clientId: `${name}_${fake.kind}` })
      const options = { ...fake, instrument: name, upstream: buses.upstream }
      return (context) =>
        withBroker({ config, buses, place: choices.place, context }, () => startFake(options, context))
    },
  }
}

/** Role `livedata@NAME`: everything that the section names, in this process. */
export function liveDataTogether(choices: Pick<LiveDataChoices, 'instrument' | 'place'>): ServiceSetup {
  return {
    role: `livedata@${choices.instrument}`,
    prepare(config) {
      const { kinds, fakes } = liveDataParts(config, choices.instrument)
      const services = kinds.map((kind) => ({ kind, ...optionsOf(config, kind, choices) }))
      const buses = liveDataBuses(config, { clientId: `${choices.instrument}_livedata` })
      const { name } = instrumentNamed(choices.instrument)
      return (context) =>
        withBroker({ config, buses, place: choices.place, context }, async () => {
          const running: RunningService[] = []
          const closeAll = async (): Promise<void> => {
            for (const each of running.toReversed()) await each.close()
          }
          try {
            for (const { kind, buses: _, ...options } of services)
              running.push(await startLiveData(kind, options, context))
            for (const fake of fakes)
              running.push(await startFake({ ...fake, instrument: name, upstream: buses.upstream }, context))
          } catch (error) {
            await closeAll()
            throw error
          }
          const status = (): string => running.map((each) => each.status?.() ?? '').join('; ')
          return { endpoints: [], status, close: closeAll }
        })
    },
  }
}

/** Services and fakes that the section of an instrument names. Throws CONFIG_INVALID. */
export function liveDataParts(
  config: Config,
  instrument: string,
): { readonly kinds: readonly ServiceKind[]; readonly fakes: readonly FakeChoices[] } {
  const written = config.readNamed(liveDataConfig, instrument)
  const rate = written.fake_rate === 0 ? {} : { rate: written.fake_rate }
  const known: Readonly<Record<string, FakeChoices>> = {
    monitors: { kind: 'fake-monitors', options: { mode: 'ev44', ...rate } },
    detectors: { kind: 'fake-detectors', options: rate },
    logdata: { kind: 'fake-logdata', options: {} },
  }
  const unknown = (key: string, name: string, all: readonly string[]): ConfigError =>
    new ConfigError({
      code: 'CONFIG_INVALID',
      message: `livedata.${instrument}.${key}: there is no ${name}`,
      remedy: `choose from ${all.join(', ')}`,
    })
  const kinds = written.services.map((name) => {
    if (Object.hasOwn(serviceNames, name)) return name as ServiceKind
    throw unknown('services', name, Object.keys(serviceNames))
  })
  const fakes = written.fakes.map((name) => {
    const fake = known[name]
    if (fake === undefined) throw unknown('fakes', name, Object.keys(known))
    return fake
  })
  return { kinds, fakes }
}

// oxlint-disable-next-line max-params -- where, which, and what was said
function optionsOf(
  config: Config,
  kind: ServiceKind,
  choices: LiveDataChoices,
): LiveDataConfig & { readonly buses: LiveDataBuses } {
  const { shard } = choices
  const { name, isForTrials = false } = instrumentNamed(choices.instrument)
  const written = config.readNamed(liveDataConfig, name)
  const sink = choices.sink ?? written.sink
  const buses = liveDataBuses(config, { clientId: `${name}_${serviceNames[kind]}` })
  const { upstream, downstream } = buses
  return {
    buses,
    instrument: name,
    dev: choices.dev ?? written.dev,
    autoStart:
      choices.autoStart ?? (typeof written.auto_start === 'boolean' ? written.auto_start : isForTrials),
    sink: sink === 'png' ? 'png' : 'kafka',
    sinkDir: choices.sinkDir === undefined ? config.resolvePath(written.sink_dir) : resolve(choices.sinkDir),
    upstream,
    ...(downstream === undefined ? {} : { downstream }),
    windowS: written.window_s,
    maxBytes: written.memory_max_bytes,
    ...geometryOf(config, written),
    ...(shard === undefined ? {} : { shard }),
    ...(choices.dialect === undefined ? {} : { dialect: choices.dialect }),
  }
}

/** The geometry file, in LIVEDATA_DATA_DIR or the configured folder. */
function geometryOf(
  config: Config,
  written: { readonly geometry: string; readonly geometry_dir: string },
): Pick<LiveDataConfig, 'geometryFile'> {
  if (written.geometry === '') return {}
  const folder = process.env['LIVEDATA_DATA_DIR'] ?? config.resolvePath(written.geometry_dir)
  return { geometryFile: resolve(folder, written.geometry) }
}

/** A fake without its place. */
export type FakeChoices = FakeConfig extends infer F
  ? F extends FakeConfig
    ? Omit<F, 'instrument' | 'upstream'>
    : never
  : never

async function withBroker(
  use: {
    readonly config: Config
    readonly buses: LiveDataBuses
    readonly place: readonly string[]
    readonly context: ServiceContext
  },
  start: () => Promise<RunningService>,
): Promise<RunningService> {
  const [address] = bootstrapServers(use.config)
  if (!use.buses.usesEmbedded || address === undefined) return start()
  const broker = await useEmbeddedBroker(use.config, { address, place: use.place, log: use.context.log })
  const service = await start()
  return {
    ...service,
    close: async () => {
      await service.close()
      broker.release()
    },
  }
}
