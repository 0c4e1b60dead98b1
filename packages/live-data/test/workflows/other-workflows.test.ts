import { expect, test } from 'vitest'
import { driver, events, last, logValue, numbers, sumOf, T } from '../core/core-driver.part.ts'

test('total counts take every event, whenever it arrived', () => {
  const service = driver('dummy', 'data_reduction')
  service.start('total_counts', 'panel_0')
  const told = service.run(3, (timeNs) => [
    ['dummy_detector', events('panel_0', timeNs, [-5, 1, 2_000_000_000], [1, 2, 3])],
  ])
  expect(sumOf(last(told, 'total_counts').array) % 3).toBe(0)
  expect(sumOf(last(told, 'total_counts').array)).toBeGreaterThan(80)
})

test('the ratemeter counts a range of columns of one arc', () => {
  const service = driver('bifrost', 'data_reduction')
  service.start('detector_ratemeter', 'unified_detector', {
    region: { arc: '3.2 meV', pixel_start: 100, pixel_stop: 200 },
  })
  // Arc 1 begins after 2 700 pixels; its three tubes have 900 columns each.
  const ids = [2_701 + 100, 2_701 + 199, 2_701 + 900 + 150, 2_701 + 200, 2_701 + 99, 101, 5_401 + 100]
  const told = service.run(3, (timeNs) => [['bifrost_detector', events('arc0_triplet0', timeNs, ids, ids)]])
  const pulses = service.core.counts.messages
  const counted = sumOf(last(told, 'detector_region_counts_cumulative').array)
  expect(counted % 3).toBe(0)
  expect(counted / 3).toBeLessThanOrEqual(pulses)
  expect(counted).toBeGreaterThan(80)
})

test('bifrost spectra divide tubes into groups of pixels', () => {
  const service = driver('bifrost', 'detector_data')
  const params = { toa_edges: { num_bins: 2 }, spectrum_view: { pixels_per_tube: '4' } }
  service.start('unified_detector_view', 'unified_detector', params)
  // Pixel 30 of channel 2 of tube 1 of arc 1 is in group 1 of 4.
  const id = 1 + 1 * 2_700 + 1 * 900 + 2 * 100 + 30
  const told = service.run(3, (timeNs) => [
    ['bifrost_detector', events('unified_detector', timeNs, [1_000], [id])],
  ])
  const { array } = last(told, 'spectrum_view')
  expect(array.signal.shape).toEqual([5, 3 * 9 * 4, 2])
  const at = (1 * 108 + (1 * 9 + 2) * 4 + 1) * 2
  expect(numbers(array)[at]).toBe(sumOf(array))
  expect(sumOf(array)).toBeGreaterThan(20)
})

test('a time series gives what came since, each sample once, and at first what is known', () => {
  const service = driver('dummy', 'timeseries')
  const topic = 'dummy_motion'
  for (let k = 0n; k < 5n; k++) service.send(topic, logValue('motion1', T + k * 1_000n, Number(k)))
  service.start('timeseries_data', 'motion1', {}, { job_id: { source_name: 'motion1', job_number: 'n' } })
  const told = service.run(0.3, (timeNs, index) => [
    [topic, logValue('motion1', timeNs + 1_000_000n, 10 + index)],
    // The forwarder repeats the last value with its time.
    [topic, logValue('motion1', timeNs + 1_000_000n, 10 + index)],
    [topic, logValue('motion2', timeNs, 1)],
  ])
  const all = told.results.flatMap(({ array }) => numbers(array))
  expect(all).toEqual([0, 1, 2, 3, 4, 10, 11, 12, 13, 14])
  const { array } = last(told, 'delta')
  expect(array.signal.unit).toBe('mm')
  expect(array.coords['time']?.unit).toBe('datetime64[ns]')
  expect(Object.keys(array.coords)).toEqual(['time'])
})
