import type { Instrument, LogicalView } from './instrument.ts'
import { countingDevices } from './stream-lists.ts'

const banks = ['magic_detector_a', 'magic_detector_b']

function view(
  size: { readonly strip: number; readonly segment: number },
  axis: 'wire' | 'strip',
): LogicalView {
  return {
    kind: 'logical',
    fold: [
      ['wire', 32],
      ['strip', size.strip],
      ['segment', size.segment],
    ],
    screen:
      axis === 'wire'
        ? [
            ['wire', ['wire']],
            ['segment', ['segment']],
          ]
        : [['strip', ['strip']]],
  }
}
const a = { strip: 128, segment: 120 }
const b = { strip: 16, segment: 256 }
const contextStreams = {
  magic_detector_a: ['detector_a_rotation'],
  magic_detector_b: ['detector_b_rotation'],
}

export const magic: Instrument = {
  name: 'magic',
  title: 'MAGIC',
  monitors: [{ stream: 'beam_monitor_1', source: 'cbm1' }],
  detectors: [
    {
      stream: 'magic_detector_a',
      sources: [{ topic: 'magic_detector_a', source: 'magic' }],
      firstId: 1,
      lastId: 491_520,
      layout: [
        ['wire', 32],
        ['strip', 128],
        ['segment', 120],
      ],
    },
    {
      stream: 'magic_detector_b',
      sources: [{ topic: 'magic_detector_b', source: 'magic' }],
      firstId: 491_521,
      lastId: 622_592,
      layout: [
        ['wire', 32],
        ['strip', 16],
        ['segment', 256],
      ],
    },
  ],
  areaDetectors: [],
  logs: [
    { stream: 'detector_a_rotation', topic: 'motion', source: 'detector_a_rotation', unit: 'deg' },
    { stream: 'detector_b_rotation', topic: 'motion', source: 'detector_b_rotation', unit: 'deg' },
  ],
  devices: [],
  detectorViews: [
    {
      name: 'wire_view',
      title: 'Wires',
      description: 'Wires against segments, strips summed.',
      sources: banks,
      view: { magic_detector_a: view(a, 'wire'), magic_detector_b: view(b, 'wire') },
      roi: true,
    },
    {
      name: 'strip_view',
      title: 'Strips',
      description: 'Counts by strip, everything else summed.',
      sources: banks,
      view: { magic_detector_a: view(a, 'strip'), magic_detector_b: view(b, 'strip') },
      roi: false,
    },
    {
      name: 'detector_projection',
      title: 'Projection',
      description: 'Pixels on a cylinder about the vertical axis; waits for the rotation of the bank.',
      sources: banks,
      view: {
        kind: 'geometric',
        projection: 'cylinder_mantle_y',
        resolution: {
          magic_detector_a: [
            ['y', 128],
            ['arc_length', 120],
          ],
          magic_detector_b: [
            ['y', 16],
            ['arc_length', 256],
          ],
        },
        noise: { kind: 'gaussian', sigmaM: 0.002 },
        flipX: [],
      },
      roi: true,
      contextStreams,
    },
  ],
  areaViews: [],
  reductions: [],
  nicosDevices: countingDevices(['beam_monitor_1'], [['wire_view', banks]]),
}
