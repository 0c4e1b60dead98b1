import type { Instrument } from './instrument.ts'
import { beamMonitors, countingDevices, downsampledView, plainView } from './stream-lists.ts'

/** The test beamline with its guests: Timepix3, multiblade, He-3 tubes, nGEM and a camera. */
export const tbl: Instrument = {
  name: 'tbl',
  title: 'TBL',
  monitors: beamMonitors(['monitor_1']),
  detectors: [
    {
      stream: 'timepix3_detector',
      sources: [{ topic: 'tbl_detector_tpx3', source: 'timepix3' }],
      firstId: 1,
      lastId: 4096 ** 2,
      layout: [
        ['dim_0', 4096],
        ['dim_1', 4096],
      ],
    },
    {
      stream: 'multiblade_detector',
      sources: [{ topic: 'tbl_detector_mb', source: 'multiblade' }],
      firstId: 1,
      lastId: 28_672,
      layout: [
        ['blade', 14],
        ['wire', 32],
        ['strip', 64],
      ],
    },
    {
      stream: 'he3_detector_bank0',
      sources: [{ topic: 'tbl_detector_3he', source: 'bank0' }],
      firstId: 1,
      lastId: 400,
      layout: [
        ['tube', 4],
        ['pixel', 100],
      ],
    },
    {
      stream: 'he3_detector_bank1',
      sources: [{ topic: 'tbl_detector_3he', source: 'bank1' }],
      firstId: 401,
      lastId: 800,
      layout: [
        ['tube', 4],
        ['pixel', 100],
      ],
    },
    {
      stream: 'ngem_detector',
      sources: [{ topic: 'tbl_detector_ngem', source: 'tbl-ngem' }],
      firstId: 1,
      lastId: 32_768,
      layout: [
        ['layer', 2],
        ['y', 128],
        ['x', 128],
      ],
    },
  ],
  areaDetectors: [
    {
      stream: 'orca_detector',
      sources: [{ topic: 'tbl_area_detector_orca', source: 'hama_kfk1' }],
      fakeShape: [512, 512],
    },
  ],
  logs: [],
  devices: [],
  detectorViews: [
    {
      name: 'tbl_detector_timepix3',
      title: 'Timepix3',
      description: 'The imaging detector, 8 x 8 pixels to a screen pixel.',
      sources: ['timepix3_detector'],
      view: downsampledView(['x', 'y'], { from: 4096, to: 512 }),
      roi: true,
    },
    {
      name: 'multiblade_detector_view',
      title: 'Multiblade',
      description: 'Blades and wires against strips.',
      sources: ['multiblade_detector'],
      view: {
        kind: 'logical',
        fold: [
          ['blade', 14],
          ['wire', 32],
          ['strip', 64],
        ],
        screen: [
          ['blade/wire', ['blade', 'wire']],
          ['strip', ['strip']],
        ],
      },
      roi: true,
    },
    {
      name: 'he3_detector_view',
      title: 'He-3 tubes',
      description: 'Tubes against pixels along them.',
      sources: ['he3_detector_bank0', 'he3_detector_bank1'],
      view: plainView([
        ['tube', 4],
        ['pixel', 100],
      ]),
      roi: true,
    },
    {
      name: 'ngem_detector_view',
      title: 'nGEM',
      description: 'The nGEM detector, its two layers summed.',
      sources: ['ngem_detector'],
      view: {
        kind: 'logical',
        fold: [
          ['layer', 2],
          ['y', 128],
          ['x', 128],
        ],
        screen: [
          ['y', ['y']],
          ['x', ['x']],
        ],
      },
      roi: true,
    },
  ],
  areaViews: [
    {
      name: 'tbl_area_detector_orca',
      title: 'Orca camera',
      sources: ['orca_detector'],
      fold: { size: 512, dims: ['x', 'y'] },
    },
  ],
  reductions: [],
  nicosDevices: countingDevices(['monitor_1'], [['tbl_detector_timepix3', ['timepix3_detector']]]),
}
