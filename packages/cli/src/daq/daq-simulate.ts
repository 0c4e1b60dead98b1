import { daqConfig } from '@beamtime/detector-daq/config'
import { detectorConfigOf, startSimulator } from '@beamtime/detector-daq'
import { loadConfig } from '../config/load-config.ts'
import { CliError } from '../error.ts'
import { printLine } from '../print.ts'
import type { SimulateOptions } from './daq-options.ts'

function numberOf(
  name: string,
  text: string | undefined,
  bounds: { readonly min: number; readonly max: number },
): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (value >= bounds.min && value <= bounds.max) return value
  throw new CliError({
    code: 'CLI_USAGE',
    message: `--${name} ${text}: not a number from ${bounds.min} to ${bounds.max}`,
    remedy: `correct --${name}`,
  })
}

const count = { min: 0, max: Number.MAX_SAFE_INTEGER }
const fraction = { min: 0, max: 1 }

export async function daqSimulate(detector: string, options: SimulateOptions): Promise<number> {
  const config = detectorConfigOf(detector, loadConfig(options).readNamed(daqConfig, detector))
  const images = numberOf('images', options.images, count)
  const { pattern } = options
  if (pattern !== undefined && pattern !== 'spot' && pattern !== 'ramp')
    throw new CliError({
      code: 'CLI_USAGE',
      message: `--pattern ${pattern}: not known`,
      remedy: 'choose spot or ramp',
    })
  const faults = Object.fromEntries(
    (['drop', 'dup', 'reorder', 'late', 'gap'] as const).map((name) => [
      name,
      numberOf(name, options[name], fraction) ?? 0,
    ]),
  )
  const simulator = startSimulator({
    config,
    host: options.host ?? '127.0.0.1',
    rateHz: numberOf('rate', options.rate, { min: 0.001, max: 1_000_000 }) ?? 10,
    firstId: numberOf('first', options.first, count) ?? 1,
    faults: { ...faults, seed: numberOf('seed', options.seed, count) ?? 1 },
    ...(images === undefined ? {} : { images }),
    ...(pattern === undefined ? {} : { pattern }),
  })
  const stop = (): void => void simulator.close()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  await simulator.done
  const { sent, dropped, duplicated, reordered, late, gaps } = simulator.faults
  printLine(
    `${simulator.images} images, ${sent} packets sent; dropped ${dropped}, double ${duplicated}, reordered ${reordered}, late ${late}, images left out ${gaps}`,
  )
  return 0
}
