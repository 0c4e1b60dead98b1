import { da00, encodeVariable, ev44 } from '@beamtime/stream-formats'
import {
  pulsePeriodNs,
  splitEvents,
  type EventOptions,
  type FakeRecord,
  type FakeSource,
} from './fake-source.ts'
import { random, type Random } from './random.ts'

export interface FakeMonitorOptions extends EventOptions {
  readonly mode: 'ev44' | 'da00'
  /** 1..10, default 2. */
  readonly monitors?: number
}

const firstRate = 10_000
const nextRate = 0.7
const spread = 0.1
const fewest = 100
const toaSpreadNs = 10e6
const meanFromNs = 20e6
const meanToNs = 50e6
const histogramBins = 1_000
const histogramEndNs = 71_000_000

/** Beam monitors `monitor1`, `monitor2`, …: each weaker and later than the one before it. */
export function fakeMonitors(instrument: string, options: FakeMonitorOptions): FakeSource {
  const { mode, monitors = 2, rate = firstRate, seed = 0, split } = options
  const topic = `${instrument}_beam_monitor`
  const numbers = random(seed)
  const names = Array.from({ length: monitors }, (_, index) => `monitor${index + 1}`)
  const edges = Float64Array.from(
    { length: histogramBins + 1 },
    (_, k) => (k * histogramEndNs) / histogramBins,
  )
  return {
    topics: [topic],
    periodNs: pulsePeriodNs(options.pulsesPerSecond),
    at(timeNs) {
      return names.flatMap((name, index): readonly FakeRecord[] => {
        const mean = rate * nextRate ** index
        const count = Math.max(Math.min(fewest, rate), Math.round(mean * (1 + spread * numbers.normal())))
        const share = monitors > 1 ? index / (monitors - 1) : 0
        const toa = arrivals(numbers, { count, meanNs: meanFromNs + (meanToNs - meanFromNs) * share })
        return mode === 'da00'
          ? [{ topic, value: histogramMessage({ name, timeNs, toa, edges }) }]
          : splitEvents(count, split).map(([from, to]) => ({
              topic,
              value: ev44.encode({
                source_name: name,
                message_id: 0n,
                reference_time: BigInt64Array.of(timeNs),
                reference_time_index: Int32Array.of(0),
                time_of_flight: toa.subarray(from, to),
                pixel_id: new Int32Array(to - from).fill(1),
              }),
            }))
      })
    },
  }
}

export function arrivals(
  numbers: Random,
  {
    count,
    meanNs,
    spreadNs = toaSpreadNs,
  }: { readonly count: number; readonly meanNs: number; readonly spreadNs?: number },
): Int32Array {
  const toa = new Int32Array(count)
  for (let at = 0; at < count; at++) toa[at] = meanNs + spreadNs * numbers.normal()
  return toa
}

function histogramMessage(pulse: {
  readonly name: string
  readonly timeNs: bigint
  readonly toa: Int32Array
  readonly edges: Float64Array
}): Uint8Array {
  const counts = new BigInt64Array(histogramBins)
  for (const time of pulse.toa) {
    const bin = Math.floor((time * histogramBins) / histogramEndNs)
    if (bin >= 0 && bin < histogramBins) counts[bin] = (counts[bin] ?? 0n) + 1n
  }
  const base = { label: null, axes: ['frame_time'] }
  return da00.encode({
    source_name: pulse.name,
    timestamp: pulse.timeNs,
    data: [
      encodeVariable({
        ...base,
        name: 'signal',
        unit: 'counts',
        shape: [histogramBins],
        data: { kind: 'numbers', values: counts },
      }),
      encodeVariable({
        ...base,
        name: 'frame_time',
        unit: 'ns',
        shape: [histogramBins + 1],
        data: { kind: 'numbers', values: pulse.edges },
      }),
    ],
  })
}
