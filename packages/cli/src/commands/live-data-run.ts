import { resolve } from 'node:path'
import type { ServiceKind } from '@beamtime/live-data'
import { loadConfig } from '../config/load-config.ts'
import { CliError } from '../error.ts'
import {
  fakeService,
  liveDataService,
  liveDataTogether,
  type FakeChoices,
  type LiveDataChoices,
} from '../services/live-data-service.ts'
import { runAsService, type ServiceSetup } from '../services/run-as-service.ts'
import { applyLogOptions, type LogOptions } from './live-data-log.ts'
import type { PlaceOptions } from './run-action.ts'

interface InstrumentOptions extends PlaceOptions, LogOptions {
  readonly instrument: string
  readonly check?: boolean
}

export interface LiveDataOptions extends InstrumentOptions {
  readonly dev?: boolean
  readonly sink?: 'kafka' | 'png'
  readonly sinkDir?: string
  readonly autoStart?: boolean
  readonly shard?: string
  readonly dialect?: 'A' | 'B' | 'C'
}

export interface DashboardOptions extends InstrumentOptions {
  readonly port?: string
}

export interface FakeOptions extends InstrumentOptions {
  readonly mode?: 'ev44' | 'da00' | 'ad00'
  readonly numMonitors?: string
  readonly rate?: string
  readonly pulsesPerSecond?: string
  readonly pointsPerSecond?: string
  readonly seed?: string
  readonly split?: string
  readonly nexusFile?: string
  readonly points?: string
  readonly startTime?: string
}

export async function runLiveData(kind: ServiceKind, options: LiveDataOptions): Promise<number> {
  const { instrument, dev, sink, sinkDir, autoStart, shard, dialect } = options
  const choices: LiveDataChoices = {
    instrument,
    place: placeArguments(options),
    ...(dev === undefined ? {} : { dev }),
    ...(sink === undefined ? {} : { sink }),
    ...(sinkDir === undefined ? {} : { sinkDir }),
    ...(autoStart === undefined ? {} : { autoStart }),
    ...(shard === undefined ? {} : { shard: shardOf(shard) }),
    ...(dialect === undefined ? {} : { dialect }),
  }
  return runOrCheck(liveDataService(kind, choices), options)
}

export async function runFake(kind: FakeChoices['kind'], options: FakeOptions): Promise<number> {
  const { instrument } = options
  return runOrCheck(
    fakeService(fakeOf(kind, options), { instrument, place: placeArguments(options) }),
    options,
  )
}

export async function runTogether(options: LiveDataOptions): Promise<number> {
  const { instrument } = options
  return runOrCheck(liveDataTogether({ instrument, place: placeArguments(options) }), options)
}

export async function runDashboard(kind: string, options: DashboardOptions): Promise<number> {
  const { dashboardService } = await import('../services/dashboard-service.ts')
  const port = wholeNumber('port', options.port, { min: 0, max: 65_535 })
  const profile = kind as 'monitors' | 'detectors' | 'reduction' // the only ones that the argument takes
  const choices = { profile, instrument: options.instrument, place: placeArguments(options) }
  return runOrCheck(dashboardService({ ...choices, ...given({ port }) }), options)
}

async function runOrCheck(setup: ServiceSetup, options: InstrumentOptions): Promise<number> {
  const log = applyLogOptions(options)
  if (options.check !== true) return runAsService({ ...setup, ...log }, options)
  setup.prepare(loadConfig(options))
  return 0
}

function fakeOf(kind: FakeChoices['kind'], options: FakeOptions): FakeChoices {
  const points = wholeNumber('points', options.points, { min: 1, max: Number.MAX_SAFE_INTEGER })
  const startNs = timeOf(options.startTime)
  if (options.nexusFile !== undefined && options.mode !== undefined && options.mode !== 'ev44')
    throw usage(`--nexus-file with --mode ${options.mode}: a file gives events`, 'write --mode ev44')
  const base = { ...(points === undefined ? {} : { points }), ...(startNs === undefined ? {} : { startNs }) }
  const events = given({
    rate: wholeNumber('rate', options.rate, { min: 1, max: 10_000_000 }),
    pulsesPerSecond: numberOf('pulses-per-second', options.pulsesPerSecond, { min: 0.01, max: 1_000 }),
    seed: wholeNumber('seed', options.seed, { min: 0, max: 2 ** 32 - 1 }),
    split: wholeNumber('split', options.split, { min: 1, max: 10_000_000 }),
    nexusFile: options.nexusFile === undefined ? undefined : resolve(options.nexusFile),
  })
  switch (kind) {
    case 'fake-monitors': {
      const monitors = wholeNumber('num-monitors', options.numMonitors, { min: 1, max: 10 })
      const mode = options.mode === 'da00' ? 'da00' : 'ev44'
      return { ...base, kind, options: { mode, ...events, ...given({ monitors }) } }
    }
    case 'fake-detectors':
      return { ...base, kind, options: { mode: options.mode === 'ad00' ? 'ad00' : 'ev44', ...events } }
    case 'fake-logdata': {
      const bounds = { min: 0.001, max: 10_000 }
      const pointsPerSecond = numberOf('points-per-second', options.pointsPerSecond, bounds)
      return { ...base, kind, options: given({ pointsPerSecond }) }
    }
  }
}

/** The entries that have a value. */
function given<T extends Readonly<Record<string, unknown>>>(
  values: T,
): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}

function shardOf(text: string): { readonly index: number; readonly count: number } {
  const [, part = '', of = ''] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  const count = Number(of)
  const index = Number(part) - 1
  if (count >= 1 && count <= 64 && index >= 0 && index < count) return { index, count }
  throw usage(`--shard ${text}: not a part such as 1/2`, 'write PART/COUNT, parts counted from 1')
}

interface Bounds {
  readonly min: number
  readonly max: number
}

// oxlint-disable-next-line max-params -- option, its text, what is allowed
function numberOf(name: string, text: string | undefined, { min, max }: Bounds): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() !== '' && value >= min && value <= max) return value
  throw usage(`--${name} ${text}: not a number from ${min} to ${max}`, `correct --${name}`)
}

// oxlint-disable-next-line max-params -- option, its text, what is allowed
function wholeNumber(name: string, text: string | undefined, bounds: Bounds): number | undefined {
  const value = numberOf(name, text, bounds)
  if (value === undefined || Number.isInteger(value)) return value
  throw usage(`--${name} ${text}: not a whole number`, `correct --${name}`)
}

function timeOf(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,19}$/.test(text)) return BigInt(text)
  throw usage(
    `--start-time ${text}: not nanoseconds since 1970`,
    'write a whole number such as 1700000000000000000',
  )
}

function usage(message: string, remedy: string): CliError {
  return new CliError({ code: 'CLI_USAGE', message, remedy })
}

function placeArguments({ data, config, profile }: PlaceOptions): readonly string[] {
  return [
    ...(data === undefined ? [] : ['--data', data]),
    ...(config === undefined ? [] : ['--config', config]),
    ...(profile === undefined ? [] : ['--profile', profile]),
  ]
}
