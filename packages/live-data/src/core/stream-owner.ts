import type { Instrument } from '../instruments/instrument.ts'

/** Which of several processes of one service looks after a stream: 0-based, of so many. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/** The whole of a service. */
export const wholeService: Shard = { index: 0, count: 1 }

/** Index of the process that looks after a stream; all processes come to the same without a word. */
export type OwnerOf = (stream: string) => number

/** Banks, monitors and logs are dealt out in the order of the instrument's lists, each kind evenly. */
export function streamOwners(instrument: Instrument, count: number): OwnerOf {
  const places = new Map<string, number>()
  const { detectors, areaDetectors, monitors, logs, devices } = instrument
  for (const kind of [[...detectors, ...areaDetectors], monitors, [...logs, ...devices]])
    kind.forEach(({ stream }, place) => places.set(stream, place))
  return (stream) => (count <= 1 ? 0 : (places.get(stream) ?? hash(stream)) % count)
}

/** FNV-1a of the UTF-16 units, 32 bits; for names that are on no list. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}
