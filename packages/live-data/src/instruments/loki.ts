import type { DetectorBank, Instrument, LogicalView } from './instrument.ts'
import { countingDevices } from './stream-lists.ts'

const tubes = [56, 16, 12, 16, 12, 28, 32, 20, 32]
const lastIds = [
  802_816, 1_032_192, 1_204_224, 1_433_600, 1_605_632, 2_007_040, 2_465_792, 2_752_512, 3_211_264,
]
const firstIdOf = (index: number): number => (lastIds[index - 1] ?? 0) + 1

/** Layers, tubes, straws and the pixels along a straw, whose number follows from the size of the bank. */
function layoutOf(index: number): readonly (readonly [string, number])[] {
  const size = (lastIds[index] ?? 0) - firstIdOf(index) + 1
  const count = tubes[index] ?? 1
  return [
    ['layer', 4],
    ['tube', count],
    ['straw', 7],
    ['pixel', size / (4 * count * 7)],
  ]
}

const banks = tubes.map((_, index) => `loki_detector_${index}`)
const bank = (stream: string, index: number): DetectorBank => ({
  stream,
  sources: [{ topic: `loki_detector_bank${index}`, source: 'caen' }],
  firstId: firstIdOf(index),
  lastId: lastIds[index] ?? 0,
  layout: layoutOf(index),
})
const tubeView = (index: number): LogicalView => ({
  kind: 'logical',
  fold: layoutOf(index),
  screen: [
    ['layer', ['layer']],
    ['tube', ['tube']],
  ],
})
const screen = (index: number) => {
  const [rows, columns] = index === 0 ? [144, 144] : index % 2 === 1 ? [36, 108] : [108, 36]
  return [
    ['y', rows ?? 0],
    ['x', columns ?? 0],
  ] as const
}
const monitors = [0, 1, 2, 3, 4].map((index) => `beam_monitor_m${index}`)

export const loki: Instrument = {
  name: 'loki',
  title: 'LOKI',
  monitors: monitors.map((stream, index) => ({
    stream,
    source: `cbm${index + 1}`,
    ...(index === 3 ? { pixels: [4, 8] as const } : {}),
  })),
  detectors: banks.map(bank),
  areaDetectors: [],
  logs: [{ stream: 'detector_carriage', topic: 'motion', source: 'detector_carriage', unit: 'm' }],
  devices: [],
  detectorViews: [
    {
      name: 'detector_xy_projection',
      title: 'Projection',
      description: 'Pixels of a bank projected on the plane across the beam; needs the geometry file.',
      sources: banks,
      view: {
        kind: 'geometric',
        projection: 'xy_plane',
        resolution: Object.fromEntries(banks.map((name, index) => [name, screen(index)])),
        noise: { kind: 'cylindrical' },
        flipX: banks,
      },
      roi: true,
      contextStreams: { loki_detector_0: ['detector_carriage'] },
    },
    {
      name: 'tube_view',
      title: 'Tubes',
      description: 'Layers against tubes, straws and pixels summed.',
      sources: banks,
      view: Object.fromEntries(banks.map((name, index) => [name, tubeView(index)])),
      roi: true,
    },
  ],
  areaViews: [],
  reductions: [{ workflow: 'monitor_counts_per_pixel', sources: ['beam_monitor_m3'] }],
  nicosDevices: countingDevices(monitors, [['tube_view', banks]]),
}
