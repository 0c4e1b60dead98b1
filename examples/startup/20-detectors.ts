// Detectors that see what the motors do: a rocking curve over th, an absorption edge over energy, grains over the
// sample stage. Counts are noisy as photons are.

import { NdArray } from '@beamtime/event-model'
import {
  Signal,
  allOf,
  compositeDevice,
  poissonSample,
  synSignal,
  type Signal as SignalType,
} from '@beamtime/run-engine'
import { energy, sam_x, sam_y, sam_z, shutter, slit, th } from './10-motors.ts'

const exposureTimeS = 0.02
const darkCounts = 3

/** Photons that arrive at the sample in one exposure. */
function beamCounts(): number {
  if (shutter.get() === 'closed') return 0
  const gap = slit.gap.position
  const opening = 1 - Math.exp(-((gap / 0.6) ** 2))
  const steering = Math.exp(-(slit.center.position ** 2) / 2)
  return 120_000 * opening * steering
}

function peak(x: number, center: number, width: number): number {
  return Math.exp(-((x - center) ** 2) / (2 * width ** 2))
}

/** Absorption of iron around its K edge at 7112 eV: step, white line and the first wiggles. */
function ironAbsorption(ev: number): number {
  const above = ev - 7112
  const step = 0.5 + Math.atan(above / 2) / Math.PI
  const whiteLine = 0.6 * peak(ev, 7131, 6)
  const k = above > 0 ? Math.sqrt(0.2625 * above) : 0
  const wiggles = above > 20 ? 0.25 * Math.sin(2 * 2.5 * k) * Math.exp(-0.05 * k * k) : 0
  return 0.08 + step * (1 + wiggles) + whiteLine
}

/** How much iron is under the beam: three grains in a matrix. */
function ironAt(x: number, y: number): number {
  const grain = (cx: number, cy: number, size: number): number => peak(x, cx, size) * peak(y, cy, size)
  return 0.15 + grain(0, 0, 0.35) + 0.7 * grain(-0.6, 0.5, 0.2) + 0.5 * grain(0.55, 0.4, 0.15)
}

/** A counter with the noise of counting. */
function counter(name: string, mean: () => number): SignalType {
  return synSignal(name, () => poissonSample(mean() + darkCounts), {
    exposureTimeS,
    hinted: true,
    units: 'counts',
    precision: 0,
    dataKey: { dtype: 'integer' },
    className: 'Counter',
  })
}

/** Beam monitor in front of the sample. */
export const i0 = counter('i0', beamCounts)

/** Diode in the diffracted beam. */
export const diode = counter('diode', () => beamCounts() * 0.4 * (0.005 + peak(th.position, 0.12, 0.07)))

/** Fluorescence detector. */
export const vortex = counter(
  'vortex',
  () => beamCounts() * 0.05 * ironAt(sam_x.position, sam_y.position) * ironAbsorption(energy.position),
)

const rows = 48
const columns = 64

/** A small camera that looks at the beam spot: it moves with th and sam_z and shrinks with the slits. */
export const camera = createCamera()

function createCamera(): ReturnType<
  typeof compositeDevice<{ trigger(): ReturnType<SignalType['trigger']> }>
> {
  const image = new Signal('camera_image', {
    value: takeImage(),
    hinted: false,
    dataKey: { dtype: 'array', dtype_numpy: '<u2', dims: ['y', 'x'] },
  })
  const number = { dtype: 'number' } as const
  const total = new Signal('camera_total', { units: 'counts', precision: 0, dataKey: number })
  const spotX = new Signal('camera_spot_x', { hinted: false, units: 'pixel', precision: 2, dataKey: number })
  const spotY = new Signal('camera_spot_y', { hinted: false, units: 'pixel', precision: 2, dataKey: number })
  const exposure = synSignal(
    'camera_exposure',
    () => {
      const picture = takeImage()
      const seen = measure(picture.data as Uint16Array)
      image.put(picture)
      total.put(seen.total)
      spotX.put(seen.x)
      spotY.put(seen.y)
      return 0
    },
    { exposureTimeS: 0.05 },
  )
  return compositeDevice(
    {
      name: 'camera',
      className: 'DemoCamera',
      parts: {
        hinted: { total },
        normal: { spot_x: spotX, spot_y: spotY, image },
        omitted: { exposure },
      },
    },
    { trigger: () => allOf(exposure.trigger()) },
  )
}

function takeImage(): NdArray {
  const brightest = beamCounts() / 300
  const cx = columns / 2 + 8 * th.position
  const cy = rows / 2 + 0.8 * sam_z.position
  const width = 2 + 4 * slit.gap.position
  const pixels = new Uint16Array(rows * columns)
  for (let i = 0; i < pixels.length; i++) {
    const mean = 2 + brightest * peak(i % columns, cx, width) * peak(Math.floor(i / columns), cy, 4)
    pixels[i] = poissonSample(mean)
  }
  return new NdArray('<u2', [rows, columns], pixels)
}

function measure(pixels: Uint16Array): { readonly total: number; readonly x: number; readonly y: number } {
  let total = 0
  let sumX = 0
  let sumY = 0
  pixels.forEach((count, i) => {
    total += count
    sumX += count * (i % columns)
    sumY += count * Math.floor(i / columns)
  })
  return { total, x: sumX / total, y: sumY / total }
}
