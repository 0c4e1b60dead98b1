import { f144 } from '@beamtime/stream-formats'
import type { Instrument } from '../instruments/instrument.ts'
import type { FakeSource } from './fake-source.ts'

const cycle = 100
const tankAngle = 'detector_tank_angle_r0'

/** Process variables that go up and down, once a second: the tank angle of upstream's fake and every log of the instrument. */
export function fakeLogdata(
  instrument: Instrument,
  options: { readonly pointsPerSecond?: number } = {},
): FakeSource {
  const topic = `${instrument.name}_motion`
  const sources = new Set([tankAngle, ...instrument.logs.map(({ source }) => source)])
  return {
    topics: [topic],
    periodNs: BigInt(Math.trunc(1e9 / (options.pointsPerSecond ?? 1))),
    at: (timeNs, index) =>
      Array.from(sources, (source, nth) => ({
        topic,
        value: f144.encode({
          source_name: source,
          timestamp: timeNs,
          value: { kind: 'Double', table: { value: ramp(index + nth * 10) } },
        }),
      })),
  }
}

/** 0 to 90 and back in a hundred points. */
export function ramp(index: number): number {
  const at = index % cycle
  const half = cycle / 2
  return (90 * (at < half ? at : cycle - at)) / half
}
