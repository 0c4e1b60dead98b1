/** One message of a fake, ready to be sent. */
export interface FakeRecord {
  readonly topic: string
  readonly value: Uint8Array
}

/** Makes the messages of one point in time; the shell decides when. */
export interface FakeSource {
  /** Topics that it sends to. */
  readonly topics: readonly string[]
  /** Time between two points, ns. */
  readonly periodNs: bigint
  at(timeNs: bigint, index: number): readonly FakeRecord[]
}

/** What all fakes of events take. */
export interface EventOptions {
  /** Events per pulse; absent = what the fake sends by itself. */
  readonly rate?: number
  readonly pulsesPerSecond?: number
  readonly seed?: number
  /** Most events of one message, as an event formation unit splits a pulse. Absent = one message a pulse. */
  readonly split?: number
  /** NeXus file whose events are sent instead, over and over; absolute. */
  readonly nexusFile?: string
}

/** 14 Hz, cut to whole ns as upstream does. */
export function pulsePeriodNs(pulsesPerSecond = 14): bigint {
  return BigInt(Math.trunc(1e9 / pulsesPerSecond))
}

/** The ranges of `count` events that go into messages of their own. */
export function splitEvents(count: number, most = count): readonly (readonly [from: number, to: number])[] {
  if (count <= most) return [[0, count]]
  const ranges: (readonly [number, number])[] = []
  for (let from = 0; from < count; from += most) ranges.push([from, Math.min(count, from + most)])
  return ranges
}
