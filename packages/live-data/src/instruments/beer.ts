import type { Instrument, LogicalView } from './instrument.ts'
import { countingDevices } from './stream-lists.ts'

const banks = ['beer_detector_s2', 'beer_detector_n2']

/** 12 panels of 1000 x 1000 pixels of 1 mm, four to a screen pixel, panels on top of each other. */
const bank: LogicalView = {
  kind: 'logical',
  fold: [
    ['panel', 12],
    ['y', 250],
    ['y_fine', 4],
    ['x', 250],
    ['x_fine', 4],
  ],
  screen: [
    ['y', ['y']],
    ['x', ['x']],
  ],
}
const panels: LogicalView = {
  kind: 'logical',
  fold: [
    ['panel', 12],
    ['y', 125],
    ['y_fine', 8],
    ['x', 125],
    ['x_fine', 8],
  ],
  screen: [
    ['panel', ['panel']],
    ['y', ['y']],
    ['x', ['x']],
  ],
}

export const beer: Instrument = {
  name: 'beer',
  title: 'BEER',
  monitors: ['cbm1', 'cbm2', 'hereon'].map((stream) => ({ stream, source: stream })),
  detectors: [
    {
      stream: 'beer_detector_s2',
      sources: [{ topic: 'beer_detector', source: 'detector_a' }],
      firstId: 1,
      lastId: 12_000_000,
      layout: [
        ['panel', 12],
        ['y', 1000],
        ['x', 1000],
      ],
    },
    {
      stream: 'beer_detector_n2',
      sources: [{ topic: 'beer_detector', source: 'detector_b' }],
      firstId: 12_000_001,
      lastId: 24_000_000,
      layout: [
        ['panel', 12],
        ['y', 1000],
        ['x', 1000],
      ],
    },
  ],
  areaDetectors: [],
  logs: [],
  devices: [],
  detectorViews: [
    {
      name: 'bank_view',
      title: 'Bank',
      description: 'A bank on a screen of 4 mm pixels, its panels summed.',
      sources: banks,
      view: bank,
      roi: true,
    },
    {
      name: 'panel_view',
      title: 'Panels',
      description: 'The panels of a bank, 8 x 8 pixels to a screen pixel.',
      sources: banks,
      view: panels,
      roi: false,
    },
  ],
  areaViews: [],
  reductions: [],
  nicosDevices: countingDevices(['cbm1', 'cbm2', 'hereon'], [['bank_view', banks]]),
}
