import { expect, test } from 'vitest'
import { serviceStreams } from '../../src/core/service-streams.ts'
import { streamOwners } from '../../src/core/stream-owner.ts'
import { streamTable } from '../../src/core/stream-table.ts'
import { instrumentNamed, instruments } from '../../src/instruments/registry.ts'
import { noGeometry } from '../../src/service/geometry-files.ts'
import { workflowsOf } from '../../src/workflows/catalog.ts'

test('each kind of stream is divided evenly among the processes', () => {
  for (const instrument of Object.values(instruments))
    for (const count of [1, 2, 3, 7])
      for (const kind of [[...instrument.detectors, ...instrument.areaDetectors], instrument.monitors]) {
        const ownerOf = streamOwners(instrument, count)
        const loads = Array.from({ length: count }, () => 0)
        for (const { stream } of kind) loads[ownerOf(stream)] = (loads[ownerOf(stream)] ?? 0) + 1
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1)
      }
})

test('a process reads the topics of its own banks, and of the motors that any bank depends on', () => {
  const instrument = instrumentNamed('loki')
  const workflows = workflowsOf(instrument, noGeometry)
  const table = streamTable(instrument, { dev: false })
  const topicsOf = (index: number): readonly string[] =>
    serviceStreams('detector_data', { instrument, table, workflows, shard: { index, count: 3 } }).topics
  expect(topicsOf(1)).toEqual([
    'loki_detector_bank1',
    'loki_detector_bank4',
    'loki_detector_bank7',
    'loki_motion',
  ])
  const all = serviceStreams('detector_data', { instrument, table, workflows }).topics
  expect(new Set([0, 1, 2].flatMap(topicsOf))).toEqual(new Set(all))
})
