// @vitest-environment happy-dom
import type { LiveWorkflow } from '@beamtime/http-gateway/ui-types'
import { expect, test } from 'vitest'
import { kindOf } from '../../src/pages/data/output-kind.ts'
import { curvesChart } from '../../src/pages/data/plots/curves-chart.ts'
import { pictureGrid } from '../../src/pages/data/plots/picture-chart.ts'
import { settingsOf } from '../../src/pages/data/plots/plot-params.ts'
import type { ShownOutput } from '../../src/pages/data/plots/shown-output.ts'
import {
  boundsOf,
  freeIndex,
  isSame,
  readbackRegions,
  regionsRequest,
  type ShownRegion,
} from '../../src/pages/data/regions.ts'
import { changedFields } from '../../src/pages/data/use-staging.ts'
import { colourTable } from '../../src/plot/colour-maps.ts'
import { fillWords } from '../../src/plot/heat-pixels.ts'
import { errorEnds } from '../../src/plot/plot-errors.ts'
import type { PlotLine } from '../../src/plot/plot-frame.ts'

function output(values: Partial<ShownOutput>): ShownOutput {
  return {
    title: '',
    unit: 'counts',
    shape: [],
    axes: [],
    values: new Float64Array(0),
    errors: null,
    coords: new Map(),
    startTimeMs: null,
    timeMs: 0,
    sum: 0,
    ...values,
  }
}

function linesOf(outputs: Parameters<typeof curvesChart>[0]): readonly PlotLine[] {
  return curvesChart(outputs, { settings: settingsOf(null), overlays: [] })?.frame.lines ?? []
}

function coords(
  entries: Readonly<Record<string, { readonly values: readonly number[]; readonly unit?: string }>>,
): ShownOutput['coords'] {
  return new Map(
    Object.entries(entries).map(([name, { values, unit = '' }]) => [
      name,
      { values: Float64Array.from(values), unit },
    ]),
  )
}

const rectangle: ShownRegion = { kind: 'rectangles', index: 0, x: [10, 20], y: [5, 9] }

test('rectangles are read back, whether their index is given once or per bound', () => {
  for (const roi_index of [
    [0, 2],
    [0, 0, 2, 2],
  ]) {
    const readback = output({
      coords: coords({
        x: { values: [10, 20, 1, 2] },
        y: { values: [5, 9, 3, 4] },
        roi_index: { values: roi_index },
      }),
    })
    expect(readbackRegions('rectangles', readback)).toEqual([
      rectangle,
      { kind: 'rectangles', index: 2, x: [1, 2], y: [3, 4] },
    ])
  }
  expect(readbackRegions('polygons', null)).toEqual([])
})

test('a request is the whole set of one kind in the units of the readback', () => {
  const polygon: ShownRegion = { kind: 'polygons', index: 4, x: [0, 1, 1], y: [0, 0, 1] }
  const readback = output({ coords: coords({ x: { values: [], unit: 'm' }, y: { values: [], unit: 'm' } }) })
  expect(regionsRequest('rectangles', [rectangle, polygon], readback)).toEqual({
    kind: 'rectangles',
    unitX: 'm',
    unitY: 'm',
    items: [{ index: 0, x: [10, 20], y: [5, 9] }],
  })
  expect(regionsRequest('polygons', [rectangle], output({}))).toEqual({
    kind: 'polygons',
    unitX: null,
    unitY: null,
    items: [],
  })
})

test('there are four regions of each kind', () => {
  const four = [0, 1, 2, 3].map((index) => ({ ...rectangle, index }))
  expect(freeIndex('rectangles', four)).toBe(null)
  expect(freeIndex('polygons', four)).toBe(4)
  expect(freeIndex('rectangles', [rectangle])).toBe(1)
})

test('regions are the same in any order and up to what a float carries', () => {
  const other = { ...rectangle, index: 1 }
  expect(isSame([rectangle, other], [other, { ...rectangle, x: [10 + 1e-12, 20] }])).toBe(true)
  expect(isSame([rectangle], [{ ...rectangle, x: [10, 21] }])).toBe(false)
})

test('a picture without coordinates reaches from 0 to its number of pixels, as regions count', () => {
  const grid = pictureGrid(output({ shape: [4, 8], axes: ['y', 'x'], values: new Float64Array(32) }))
  if (grid === null) throw new Error('no picture')
  expect(boundsOf(grid)).toEqual({ x: [0, 8], y: [0, 4] })
})

test('spectra of regions are curves with the letters of their regions', () => {
  const spectra = output({
    shape: [2, 3],
    axes: ['roi', 'time_of_arrival'],
    values: Float64Array.from([1, 2, 3, 4, 5, 6]),
    coords: coords({ roi: { values: [0, 4] }, time_of_arrival: { values: [0, 2, 4, 6], unit: 'ms' } }),
  })
  expect(kindOf(spectra)).toBe('curve')
  expect(kindOf({ ...spectra, shape: [0, 3] })).toBe('no-regions')
  const lines = linesOf([{ label: 'panel_0', output: spectra }])
  expect(lines.map(({ label, x, y }) => [label, ...x, ...y])).toEqual([
    ['A', 1, 3, 5, 1, 2, 3],
    ['E', 1, 3, 5, 4, 5, 6],
  ])
})

test('curves that lie over each other have the names of their sources, and their errors', () => {
  const curve = output({
    shape: [2],
    axes: ['t'],
    values: Float64Array.of(4, 9),
    errors: Float64Array.of(2, 3),
  })
  const lines = linesOf([
    { label: 'monitor1', output: curve },
    { label: 'monitor2', output: curve },
  ])
  expect(lines.map(({ label, colour, errors }) => [label, colour, errors?.[1]])).toEqual([
    ['monitor1', 0, 3],
    ['monitor2', 1, 3],
  ])
})

test('bars end one deviation away, and stay on a logarithmic axis', () => {
  const y = Float64Array.of(9, 1, 0)
  const errors = Float64Array.of(3, 1, 1)
  expect(errorEnds({ y }, errors, false)).toEqual([
    [6, 12],
    [0, 2],
    [-1, 1],
  ])
  expect(errorEnds({ y }, errors, true)).toEqual([
    [6, 12],
    [0.1, 2],
    [Number.NaN, Number.NaN],
  ])
})

test('staged settings are told apart from those that run', () => {
  const workflow = {
    parameters: [
      {
        name: 'toa_edges',
        title: 'Edges',
        description: '',
        fields: {
          start: { type: 'number', title: 'Start', default: 0 },
          num_bins: { type: 'integer', title: 'Bins', default: 100 },
        },
      },
    ],
  } as unknown as LiveWorkflow
  const changes = changedFields(
    workflow,
    { toa_edges: { start: 0, num_bins: 50 } },
    { toa_edges: { start: 0 } },
  )
  expect([...changes]).toEqual([['toa_edges.num_bins', '100']])
})

test('cells of a picture get the colours of their values, upright, and none where there is no value', () => {
  const grid = {
    rows: 2,
    columns: 2,
    values: Float64Array.of(0, 10, 5, Number.NaN),
    x: [0, 1],
    y: [0, 1],
    current: null,
    isSnaking: false,
    filled: 4,
  } as const
  const words = new Uint32Array(4).fill(1)
  const table = colourTable('viridis')
  fillWords(words, grid, { map: 'viridis', range: [0, 10], isLog: false })
  expect([...words]).toEqual([table[128], 0, table[0], table[255]])
  fillWords(words, { ...grid, x: [1, 0], y: [1, 0] }, { map: 'viridis', range: [1, 10], isLog: true })
  expect([...words]).toEqual([table[255], 0, 0, table[Math.round(255 * Math.log10(5))]])
})
