import type { Readable, Readings, SubscriptionCallback } from '../devices/protocols.ts'
import type { StatusLike } from '../devices/status.ts'
import { badMessage } from '../error.ts'
import { compositeDevice, type CompositeDevice } from './composite-device.ts'
import { poissonSample, type Random } from './random.ts'
import { Signal } from './signal.ts'

export type Noise = 'none' | 'poisson' | 'uniform'

export interface PeakOptions {
  /** Intensity at the centre. */
  readonly Imax: number
  /** Default 1. */
  readonly sigma?: number
  /** Default 'none'. */
  readonly noise?: Noise
  /** Largest deviation of uniform noise. Default 1. */
  readonly noiseMultiplier?: number
  /** Default Math.random. */
  readonly random?: Random
}

/** A simulated point detector that sees a peak. Its value changes at a trigger only. */
export type SynGauss = CompositeDevice & {
  readonly precision: number
  trigger(): StatusLike
  subscribe(callback: SubscriptionCallback): void
  clearSub(callback: SubscriptionCallback): void
  readonly val: Signal
}

interface PeakParts {
  readonly name: string
  readonly className: string
  readonly center: unknown
  readonly peak: PeakOptions
  /** Squared distance from the centre, given the value of the `center` signal. */
  readonly squaredDistance: (center: unknown) => number
}

function peakDetector(parts: PeakParts): SynGauss {
  const { name, peak } = parts
  const random = peak.random ?? Math.random
  const config = (key: string, value: unknown): Signal =>
    new Signal(`${name}_${key}`, { value, hinted: false })
  const signals = {
    Imax: config('Imax', peak.Imax),
    center: config('center', parts.center),
    sigma: config('sigma', peak.sigma ?? 1),
    noise: new Signal(`${name}_noise`, {
      value: peak.noise ?? 'none',
      hinted: false,
      enumStrings: ['none', 'poisson', 'uniform'],
      className: 'EnumSignal',
    }),
    noise_multiplier: config('noise_multiplier', peak.noiseMultiplier ?? 1),
  }
  const compute = (): number => {
    const sigma = Number(signals.sigma.get())
    const value =
      Number(signals.Imax.get()) * Math.exp(-parts.squaredDistance(signals.center.get()) / (2 * sigma ** 2))
    if (signals.noise.get() === 'poisson') return poissonSample(Math.round(value), random)
    if (signals.noise.get() === 'uniform') {
      return value + (2 * random() - 1) * Number(signals.noise_multiplier.get())
    }
    return value
  }
  const val = new Signal(name, {
    func: compute,
    precision: 3,
    dataKey: { dtype: 'number' },
    className: 'SynSignal',
  })
  return compositeDevice(
    { name, className: parts.className, parts: { hinted: { val }, config: signals } },
    {
      precision: 3,
      val,
      trigger: () => val.trigger(),
      subscribe: (callback: SubscriptionCallback) => val.subscribe(callback),
      clearSub: (callback: SubscriptionCallback) => val.clearSub(callback),
    },
  )
}

/** The present value of a field of a device that reads at once. */
export function valueOf(device: Readable, field: string): number {
  const readings = device.read()
  if (readings instanceof Promise) throw badMessage(`${device.name} cannot be read at once`)
  return Number((readings as Readings)[field]?.value)
}

/** A Gaussian peak over one motor. */
export function synGauss(
  name: string,
  over: { readonly motor: Readable; readonly field?: string; readonly center: number },
  peak: PeakOptions,
): SynGauss {
  const field = over.field ?? over.motor.name
  return peakDetector({
    name,
    className: 'SynGauss',
    center: over.center,
    peak,
    squaredDistance: (center) => (valueOf(over.motor, field) - Number(center)) ** 2,
  })
}

/** A Gaussian peak over two motors. */
export function syn2DGauss(
  name: string,
  over: { readonly x: Readable; readonly y: Readable; readonly center: readonly [number, number] },
  peak: PeakOptions,
): SynGauss {
  return peakDetector({
    name,
    className: 'Syn2DGauss',
    center: [...over.center],
    peak,
    squaredDistance: (center) => {
      const [cx = 0, cy = 0] = center as readonly number[]
      return (valueOf(over.x, over.x.name) - cx) ** 2 + (valueOf(over.y, over.y.name) - cy) ** 2
    },
  })
}
