import type { DetectorBank, Instrument, Layout } from './instrument.ts'
import { beamMonitors, countingDevices, numbered, plainView } from './stream-lists.ts'

const layout: Layout = [
  ['x', 1280],
  ['y', 1280],
]
const panels = [0, 1, 2].map((index) => `detector_panel_${index}`)

// Upstream names the stream `nmx_detector` in production, which none of its workflows uses; here each topic feeds its panel.
const bank = (stream: string, index: number): DetectorBank => ({
  stream,
  sources: [{ topic: `nmx_detector_p${index}`, source: 'nmx' }],
  firstId: index * 1280 ** 2 + 1,
  lastId: (index + 1) * 1280 ** 2,
  layout,
})

export const nmx: Instrument = {
  name: 'nmx',
  title: 'NMX',
  monitors: beamMonitors(numbered('monitor', 2)),
  detectors: panels.map(bank),
  areaDetectors: [],
  logs: [],
  devices: [],
  detectorViews: [
    {
      name: 'panel_xy',
      title: 'Panel',
      description: 'Counts of a panel over its pixels.',
      sources: panels,
      view: plainView(layout),
      roi: true,
    },
  ],
  areaViews: [],
  reductions: [],
  nicosDevices: countingDevices(numbered('monitor', 2), [['panel_xy', panels]]),
}
