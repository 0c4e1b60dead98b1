import { ev44 } from '@beamtime/stream-formats'
import { expect, test } from 'vitest'
import { nexusReplay, type RecordedEvents } from '../../src/fakes/nexus-replay.ts'
import { readEvents } from '../../src/geometry/read-events.ts'
import { withNexusFile } from '../../src/service/open-nexus-file.ts'
import { group, nexusFixture, value } from './nexus-geometry.part.ts'

const T = 1_700_000_000_000_000_000n

function recorded(source: string, length: number): RecordedEvents {
  return { source, toa: Int32Array.from({ length }, (_, at) => at), pixel: new Int32Array(length).fill(7) }
}

/** Times of arrival that one source sent, pulse by pulse. */
function sent(
  replay: ReturnType<typeof nexusReplay>,
  { source, pulses }: { source: string; pulses: number },
) {
  return Array.from({ length: pulses }, (_, pulse) =>
    replay
      .at(T + BigInt(pulse), pulse)
      .map(({ value: bytes }) => ev44.decode(bytes))
      .filter((message) => message.source_name === source)
      .map(({ time_of_flight: toa }) => [...toa]),
  )
}

test('a recording is sent piece by piece and then from its beginning, each event once a turn', () => {
  const replay = nexusReplay('dummy_detector', { sources: [recorded('a', 5)], options: { rate: 2 } })
  expect(sent(replay, { source: 'a', pulses: 5 })).toEqual([[[0, 1]], [[2, 3]], [[4]], [[0, 1]], [[2, 3]]])
})

test('sources with fewer events send fewer a pulse, and a pulse is split as asked', () => {
  const sources = [recorded('large', 40), recorded('small', 10)]
  const replay = () => nexusReplay('dummy_detector', { sources, options: { rate: 8, split: 3 } })
  expect(sent(replay(), { source: 'large', pulses: 1 })).toEqual([
    [
      [0, 1, 2],
      [3, 4, 5],
      [6, 7],
    ],
  ])
  expect(sent(replay(), { source: 'small', pulses: 2 })).toEqual([[[0, 1]], [[2, 3]]])
})

test('events of detectors and monitors are read from a NeXus file with their units and names', async () => {
  const events = (times: readonly number[], ids: readonly number[], units: string) => ({
    event_time_offset: value(Float64Array.from(times), { units }),
    event_id: value(Int32Array.from(ids)),
  })
  const { folder, path } = nexusFixture({
    panel_0: group({ panel_0_events: group(events([1.5, 2], [4, 5], 'us')) }, { NX_class: 'NXdetector' }),
    monitor_b: group(
      { events: group({ event_time_offset: value(Float64Array.of(3), { units: 'ms' }) }) },
      { NX_class: 'NXmonitor' },
    ),
    other: group({ some: group(events([1], [1], 'ns')) }, { NX_class: 'NXcollection' }),
  })
  await withNexusFile(path, async (file) => {
    expect(await readEvents(file, 'NXdetector')).toEqual([
      { source: 'panel_0', toa: Int32Array.of(1_500, 2_000), pixel: Int32Array.of(4, 5) },
    ])
    expect(await readEvents(file, 'NXmonitor')).toEqual([
      { source: 'monitor1', toa: Int32Array.of(3_000_000), pixel: Int32Array.of(1) },
    ])
  })
  await folder.close()
  await expect(withNexusFile(path, (file) => readEvents(file, 'NXmonitor'))).rejects.toThrow(
    /LIVEDATA_REFUSED/,
  )
})
