import type { Instrument, Layout } from './instrument.ts'
import { beamMonitors, countingDevices, numbered, plainView } from './stream-lists.ts'

const panel: Layout = [
  ['y', 128],
  ['x', 128],
]

/** One square panel, one camera, two monitors, two motors: for tests and demonstrations. */
export const dummy: Instrument = {
  name: 'dummy',
  title: 'DUMMY',
  isForTrials: true,
  // What the fakes send is read with and without --dev, as upstream's first example does.
  monitors: beamMonitors(numbered('monitor', 10)).map((monitor) => ({
    ...monitor,
    alsoSources: [monitor.stream],
  })),
  detectors: [
    {
      stream: 'panel_0',
      sources: [{ topic: 'dummy_detector', source: 'panel_0' }],
      firstId: 1,
      lastId: 16_384,
      layout: panel,
    },
  ],
  areaDetectors: [
    {
      stream: 'area_panel',
      sources: [{ topic: 'dummy_area_detector', source: 'area_panel' }],
      fakeShape: [256, 256],
    },
  ],
  logs: [
    { stream: 'motion1', topic: 'motion', source: 'motion1', unit: 'mm' },
    { stream: 'motion2', topic: 'motion', source: 'motion2', unit: 'deg' },
  ],
  devices: [],
  detectorViews: [
    {
      name: 'panel_0_xy',
      title: 'Panel 0',
      description: 'Counts of panel 0 over its pixels.',
      sources: ['panel_0'],
      view: plainView(panel),
      roi: true,
    },
    {
      name: 'panel_0_layers',
      title: 'Panel 0 layers',
      description: 'Panel 0 as four layers of 32 rows.',
      sources: ['panel_0'],
      view: plainView([
        ['layer', 4],
        ['y', 32],
        ['x', 128],
      ]),
      roi: false,
    },
  ],
  areaViews: [{ name: 'area_panel_xy', title: 'Area panel', sources: ['area_panel'] }],
  reductions: [{ workflow: 'total_counts', sources: ['panel_0'] }],
  nicosDevices: countingDevices(
    ['monitor1', 'monitor2'],
    [
      ['panel_0_xy', ['panel_0']],
      ['area_panel_xy', ['area_panel']],
    ],
  ),
}
