import type { Instrument } from './instrument.ts'
import { beamMonitors, countingDevices } from './stream-lists.ts'

const monitors = [
  'psc_monitor',
  'overlap_monitor',
  'bandwidth_monitor',
  'normalization_monitor',
  'elastic_monitor',
]
const triplets = [0, 1, 2, 3, 4].flatMap((arc) =>
  Array.from({ length: 9 }, (_, triplet) => ({ arc, triplet })),
)

/** 5 arcs of 9 triplets (channels) of 3 tubes of 100 pixels; all triplets make one stream. */
export const bifrost: Instrument = {
  name: 'bifrost',
  title: 'BIFROST',
  monitors: beamMonitors(monitors),
  detectors: [
    {
      stream: 'unified_detector',
      sources: triplets.map(({ arc, triplet }) => ({
        topic: 'bifrost_detector',
        source: `arc=${arc};triplet=${triplet}`,
      })),
      devSources: triplets.map(({ arc, triplet }) => `arc${arc}_triplet${triplet}`),
      firstId: 1,
      lastId: 13_500,
      layout: [
        ['arc', 5],
        ['tube', 3],
        ['channel', 9],
        ['pixel', 100],
      ],
      fakeEventsPerPulse: 1_000,
    },
  ],
  areaDetectors: [],
  logs: [
    { stream: 'detector_tank_angle_r0', topic: 'motion', source: 'detector_tank_angle_r0', unit: 'deg' },
  ],
  devices: [],
  detectorViews: [
    {
      name: 'unified_detector_view',
      title: 'Unified detector',
      description: 'All arcs: tubes against channels and pixels.',
      sources: ['unified_detector'],
      view: {
        kind: 'logical',
        fold: [
          ['arc', 5],
          ['tube', 3],
          ['channel', 9],
          ['pixel', 100],
        ],
        screen: [
          ['arc/tube', ['arc', 'tube']],
          ['channel/pixel', ['channel', 'pixel']],
        ],
      },
      roi: true,
      spectrumView: true,
    },
  ],
  areaViews: [],
  reductions: [{ workflow: 'detector_ratemeter', sources: ['unified_detector'] }],
  nicosDevices: countingDevices(monitors, [['unified_detector_view', ['unified_detector']]]),
}
