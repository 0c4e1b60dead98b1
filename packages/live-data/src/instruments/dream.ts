import type { DetectorBank, Instrument, Layout } from './instrument.ts'
import { beamMonitors, countingDevices } from './stream-lists.ts'

const mantle: Layout = [
  ['wire', 32],
  ['module', 5],
  ['segment', 6],
  ['strip', 256],
  ['counter', 2],
]
const endcap = (modules: number): Layout => [
  ['strip', 16],
  ['wire', 16],
  ['module', modules],
  ['segment', 28],
  ['counter', 2],
]
// oxlint-disable-next-line max-params -- one row of the table below
const bank = (
  name: string,
  ids: readonly [firstId: number, lastId: number],
  topic: string,
  layout?: Layout,
): DetectorBank => ({
  stream: `${name}_detector`,
  sources: [{ topic: `dream_detector_${topic}`, source: 'dream' }],
  firstId: ids[0],
  lastId: ids[1],
  ...(layout === undefined ? {} : { layout }),
})
const wires = (fold: Layout) => ({
  kind: 'logical' as const,
  fold,
  screen: [
    ['wire', ['wire']],
    ['mod/seg/cntr', ['module', 'segment', 'counter']],
  ] as const,
})
const strips = (fold: Layout) => ({ kind: 'logical' as const, fold, screen: [['strip', ['strip']]] as const })
const projected = ['mantle', 'endcap_backward', 'endcap_forward', 'sans', 'high_resolution'].map(
  (name) => `${name}_detector`,
)
const laidOut = projected.slice(0, 3)
const screen = (rows: number, columns: number) =>
  [
    ['y', rows],
    ['x', columns],
  ] as const

export const dream: Instrument = {
  name: 'dream',
  title: 'DREAM',
  monitors: beamMonitors(['monitor_bunker', 'monitor_cave']),
  detectors: [
    bank('mantle', [229_377, 720_896], 'mantle', mantle),
    bank('endcap_backward', [71_681, 229_376], 'bwec', endcap(11)),
    bank('endcap_forward', [1, 71_680], 'fwec', endcap(5)),
    bank('sans', [720_929, 1_122_272], 'sans'),
    bank('high_resolution', [1_122_337, 1_523_680], 'hr'),
  ],
  areaDetectors: [],
  logs: [],
  devices: [],
  detectorViews: [
    {
      name: 'detector_projection',
      title: 'Projection',
      description: 'Pixels of a bank projected on a screen; needs the geometry file.',
      sources: projected,
      view: {
        kind: 'geometric',
        projection: 'xy_plane',
        projections: { mantle_detector: 'cylinder_mantle_z' },
        resolution: {
          mantle_detector: [
            ['arc_length', 80],
            ['z', 320],
          ],
          endcap_backward_detector: screen(240, 160),
          endcap_forward_detector: screen(160, 160),
          sans_detector: screen(160, 160),
          high_resolution_detector: screen(160, 160),
        },
        noise: { kind: 'gaussian', sigmaM: 0.004 },
        flipX: ['endcap_forward_detector', 'sans_detector'],
      },
      roi: true,
    },
    {
      name: 'mantle_front_layer',
      title: 'Mantle front layer',
      description: 'The first wire of the mantle, the one nearest to the sample.',
      sources: ['mantle_detector'],
      view: {
        kind: 'logical',
        fold: mantle,
        screen: [
          ['mod/seg/cntr', ['module', 'segment', 'counter']],
          ['strip', ['strip']],
        ],
        select: { wire: 0 },
      },
      roi: true,
    },
    {
      name: 'wire_view',
      title: 'Wires',
      description: 'Wires against modules, segments and counters, strips summed.',
      sources: laidOut,
      view: {
        mantle_detector: wires(mantle),
        endcap_backward_detector: wires(endcap(11)),
        endcap_forward_detector: wires(endcap(5)),
      },
      roi: true,
    },
    {
      name: 'strip_view',
      title: 'Strips',
      description: 'Counts by strip, everything else summed.',
      sources: laidOut,
      view: {
        mantle_detector: strips(mantle),
        endcap_backward_detector: strips(endcap(11)),
        endcap_forward_detector: strips(endcap(5)),
      },
      roi: false,
    },
  ],
  areaViews: [],
  reductions: [],
  nicosDevices: countingDevices(['monitor_bunker', 'monitor_cave'], [['wire_view', laidOut]]),
}
