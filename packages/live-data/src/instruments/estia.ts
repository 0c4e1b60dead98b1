import type { Instrument } from './instrument.ts'
import { beamMonitors, countingDevices } from './stream-lists.ts'

export const estia: Instrument = {
  name: 'estia',
  title: 'ESTIA',
  monitors: beamMonitors(['cbm1']),
  detectors: [
    {
      stream: 'multiblade_detector',
      sources: [{ topic: 'estia_detector', source: 'multiblade' }],
      firstId: 98_305,
      lastId: 196_608,
      layout: [
        ['strip', 64],
        ['blade', 48],
        ['wire', 32],
      ],
    },
  ],
  areaDetectors: [],
  logs: [],
  devices: [],
  detectorViews: [
    {
      name: 'estia_multiblade_detector_view',
      title: 'Multiblade',
      description: 'Strips against blades and wires.',
      sources: ['multiblade_detector'],
      view: {
        kind: 'logical',
        fold: [
          ['strip', 64],
          ['blade', 48],
          ['wire', 32],
        ],
        screen: [
          ['strip', ['strip']],
          ['blade/wire', ['blade', 'wire']],
        ],
      },
      roi: true,
    },
  ],
  areaViews: [],
  reductions: [],
  nicosDevices: countingDevices(['cbm1'], [['estia_multiblade_detector_view', ['multiblade_detector']]]),
}
