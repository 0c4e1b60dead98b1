import type { LiveLayer } from '@beamtime/http-gateway/ui-types'
import { expect, test } from 'vitest'
import { binsOf, settingsOf, withSetting } from '../../src/pages/data/plots/plot-params.ts'
import { axesOf, plotTypeFor, plotTypesFor } from '../../src/pages/data/plots/plot-types.ts'

function layer(params: LiveLayer['params']): LiveLayer {
  return { data_sources: {}, plot_name: 'lines', params }
}

test('settings are read from the groups of a layout and what cannot be is as usual', () => {
  const settings = settingsOf(
    layer({
      plot_scale: { y_scale: 'log', x_scale: 'sideways' },
      window: { window_duration_seconds: 500 },
      color: { low: 3, high: null },
      curve: 'steps',
    }),
  )
  expect(settings).toMatchObject({
    yScale: 'log',
    xScale: 'linear',
    windowSeconds: 60,
    low: 3,
    high: null,
    curve: 'line',
  })
  expect(settingsOf(null)).toEqual(settingsOf(layer({})))
})

test('a changed setting keeps everything else of the layout, also what only upstream knows', () => {
  const before = layer({ plot_scale: { x_scale: 'log', future: 7 }, other: [1] })
  const after = withSetting(before, 'yScale', 'log')
  expect(after.params).toEqual({
    plot_scale: { x_scale: 'log', future: 7, y_scale: 'log' },
    other: [1],
  })
  expect(settingsOf(after)).toMatchObject({ xScale: 'log', yScale: 'log' })
  expect(before.params).toEqual({ plot_scale: { x_scale: 'log', future: 7 }, other: [1] })
})

test('a correlation has 100 bins, or 20 by 20, unless the layout says how many up to 5000', () => {
  expect(binsOf(settingsOf(null), false)).toEqual([100, 100])
  expect(binsOf(settingsOf(null), true)).toEqual([20, 20])
  expect(binsOf(settingsOf(layer({ bins: { x: 9_000, y: -4 } })), true)).toEqual([5_000, 20])
})

test('an output offers the plots that its dimensions allow, the usual one first', () => {
  const offers = (kind: 'window' | 'series' | 'readback', ndim: number, name = ''): readonly string[] =>
    plotTypesFor({ kind, ndim, name })
  expect(offers('window', 0)[0]).toBe('timeseries')
  expect(offers('series', 1)).toContain('correlation_histogram_2d')
  expect(offers('window', 1)).toEqual(['lines'])
  expect(offers('window', 2)).toEqual(['image', 'overlay_1d'])
  expect(offers('window', 2, 'roi_spectra_current')[0]).toBe('overlay_1d')
  expect(offers('window', 3)).toEqual(['slicer', 'flatten'])
  expect(offers('window', 5)).toEqual(['flatten'])
  expect(offers('readback', 2)).toEqual([])
  expect(offers('window', 7)).toEqual([])
})

test('a plot that the data cannot be is replaced by the usual one', () => {
  expect(plotTypeFor('image', [4, 4], ['y', 'x'])).toBe('image')
  expect(plotTypeFor('image', [4], ['x'])).toBe('lines')
  expect(plotTypeFor('slicer', [2, 3, 4], ['t', 'y', 'x'])).toBe('slicer')
  expect(plotTypeFor('lines', [3, 9], ['roi', 'x'])).toBe('overlay_1d')
  expect(plotTypeFor('bars', [], [])).toBe('bars')
  expect(plotTypeFor('unknown', [5], ['time'])).toBe('timeseries')
})

test('correlations need one or two other outputs', () => {
  expect(axesOf('correlation_histogram_1d')).toEqual(['x_axis'])
  expect(axesOf('correlation_histogram_2d')).toEqual(['x_axis', 'y_axis'])
  expect(axesOf('image')).toEqual([])
})
