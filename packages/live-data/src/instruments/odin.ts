import type { Instrument } from './instrument.ts'
import { beamMonitors, countingDevices, downsampledView, numbered } from './stream-lists.ts'

/** One imaging detector of 4096 x 4096 pixels, 8 x 8 to a screen pixel. */
export const odin: Instrument = {
  name: 'odin',
  title: 'ODIN',
  monitors: beamMonitors(numbered('monitor', 2)),
  detectors: [
    {
      stream: 'timepix3',
      sources: [{ topic: 'odin_detector', source: 'timepix3' }],
      firstId: 1,
      lastId: 4096 ** 2,
      layout: [
        ['dim_0', 4096],
        ['dim_1', 4096],
      ],
    },
  ],
  areaDetectors: [],
  logs: [],
  devices: [],
  detectorViews: [
    {
      name: 'odin_detector_xy',
      title: 'Timepix3',
      description: 'The imaging detector, 8 x 8 pixels to a screen pixel.',
      sources: ['timepix3'],
      view: downsampledView(['x', 'y'], { from: 4096, to: 512 }),
      roi: true,
    },
  ],
  areaViews: [],
  reductions: [],
  nicosDevices: countingDevices(numbered('monitor', 2), [['odin_detector_xy', ['timepix3']]]),
}
