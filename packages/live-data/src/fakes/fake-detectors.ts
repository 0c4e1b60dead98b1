import { encodeAreaImage, ev44 } from '@beamtime/stream-formats'
import type { AreaDetector, DetectorBank, Instrument } from '../instruments/instrument.ts'
import { arrivals } from './fake-monitors.ts'
import {
  pulsePeriodNs,
  splitEvents,
  type EventOptions,
  type FakeRecord,
  type FakeSource,
} from './fake-source.ts'
import { random, type Random } from './random.ts'

export interface FakeDetectorOptions extends EventOptions {
  /** Default ev44. */
  readonly mode?: 'ev44' | 'ad00'
}

const eventsPerPulse = 10_000
const toaMeanNs = 30e6
const blobSigma = 15
const blobHeight = 500
const stepsPerTurn = 140
const background = 5

/** Detector banks with evenly lit pixels, or cameras with a spot that goes round. */
export function fakeDetectors(instrument: Instrument, options: FakeDetectorOptions = {}): FakeSource {
  const { mode = 'ev44', seed = 0 } = options
  const numbers = random(seed)
  const periodNs = pulsePeriodNs(options.pulsesPerSecond)
  if (mode === 'ad00') {
    const topic = `${instrument.name}_area_detector`
    return {
      topics: [topic],
      periodNs,
      at: (timeNs, index) =>
        instrument.areaDetectors.map((camera) => ({
          topic,
          value: frame(camera, { timeNs, index, numbers }),
        })),
    }
  }
  const topic = `${instrument.name}_detector`
  return {
    topics: [topic],
    periodNs,
    at: (timeNs) =>
      instrument.detectors.flatMap((bank) =>
        (bank.devSources ?? [bank.stream]).flatMap((source, part) =>
          bankPulse(bank, { source, part, timeNs, numbers, options }).map((value) => ({ topic, value })),
        ),
      ),
  }
}

interface BankPulse {
  readonly source: string
  /** Which of the sources of the bank. */
  readonly part: number
  readonly timeNs: bigint
  readonly numbers: Random
  readonly options: EventOptions
}

function bankPulse(bank: DetectorBank, pulse: BankPulse): readonly FakeRecord['value'][] {
  const { numbers, options, timeNs, source } = pulse
  const count = options.rate ?? bank.fakeEventsPerPulse ?? eventsPerPulse
  const toa = arrivals(numbers, { count, meanNs: toaMeanNs })
  const pixel = new Int32Array(count)
  const pixels = bank.lastId - bank.firstId + 1
  for (let at = 0; at < count; at++) pixel[at] = bank.firstId + Math.floor(numbers.unit() * pixels)
  return splitEvents(count, options.split).map(([from, to]) =>
    ev44.encode({
      source_name: source,
      message_id: 0n,
      reference_time: BigInt64Array.of(timeNs),
      reference_time_index: Int32Array.of(0),
      time_of_flight: toa.subarray(from, to),
      pixel_id: pixel.subarray(from, to),
    }),
  )
}

function frame(
  camera: AreaDetector,
  { timeNs, index, numbers }: { readonly timeNs: bigint; readonly index: number; readonly numbers: Random },
): Uint8Array {
  const [rows, columns] = camera.fakeShape
  const angle = (2 * Math.PI * (index % stepsPerTurn)) / stepsPerTurn
  const radius = Math.min(rows, columns) / 6
  const centreY = rows / 2 + radius * Math.sin(angle)
  const centreX = columns / 2 + radius * Math.cos(angle)
  const across = (length: number, centre: number): Float64Array =>
    Float64Array.from({ length }, (_, at) => Math.exp(-((at - centre) ** 2) / (2 * blobSigma ** 2)))
  const alongY = across(rows, centreY)
  const alongX = across(columns, centreX)
  const pixels = new Uint16Array(rows * columns)
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, at++)
      pixels[at] = blobHeight * (alongY[row] ?? 0) * (alongX[column] ?? 0) + numbers.poisson(background)
  return encodeAreaImage({
    source_name: camera.stream,
    id: index | 0,
    timestamp: timeNs,
    shape: [rows, columns],
    values: pixels,
  })
}
