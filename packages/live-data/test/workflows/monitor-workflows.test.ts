import { describe, expect, test } from 'vitest'
import { random } from '../../src/fakes/random.ts'
import { dataArray, driver, events, last, numbers, sumOf } from '../core/core-driver.part.ts'

const topic = 'dummy_beam_monitor'

/** By the definition: bin k holds edges[k] <= time < edges[k + 1]. */
function recount(times: readonly number[], edges: readonly number[]): number[] {
  const counts = edges.slice(1).map(() => 0)
  for (const time of times) {
    const bin = edges.findLastIndex((edge) => edge <= time)
    if (bin >= 0 && bin < counts.length) counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts
}

describe('monitor histogram', () => {
  test('counts events exactly, negative and late times left out, with errors of counts', () => {
    const service = driver('dummy', 'monitor_data')
    service.start('monitor_histogram', 'monitor1', {
      toa_edges: { start: 0, stop: 50, num_bins: 25, unit: 'ms' },
    })
    const values = random(5)
    const sent: [bigint, number[]][] = []
    const told = service.run(6, (timeNs) => {
      const times = Array.from({ length: 200 }, () => Math.trunc(30e6 + 20e6 * values.normal()))
      sent.push([timeNs, times])
      return [[topic, events('monitor1', timeNs, times)]]
    })
    const { array } = last(told, 'cumulative')
    const end = array.coords['time']?.values[0] as bigint
    // The first window takes what there was so far, its own end included.
    const inside = sent.filter(
      ([timeNs]) => timeNs < end || told.results[0]?.array.coords['time']?.values[0] === timeNs,
    )
    const edges = Array.from({ length: 26 }, (_, k) => k * 2e6)
    expect(numbers(array)).toEqual(
      recount(
        inside.flatMap(([, times]) => times),
        edges,
      ),
    )
    expect(Array.from(array.variances ?? [], Math.round)).toEqual(numbers(array))
    expect(array.coords['time_of_arrival']?.unit).toBe('ms')
  })

  test('a range takes the whole bins that it touches', () => {
    const service = driver('dummy', 'monitor_data')
    const params = {
      toa_edges: { start: 0, stop: 100, num_bins: 10, unit: 'us' },
      toa_range: { enabled: true, start: 15, stop: 35, unit: '\u03bcs' },
    }
    service.start('monitor_histogram', 'monitor1', params)
    const times = [5_000, 10_000, 19_999, 20_000, 39_999, 40_000, 99_999, 100_000]
    const told = service.run(3, (timeNs) => [[topic, events('monitor1', timeNs, times)]])
    const total = sumOf(last(told, 'counts_total').array)
    expect(sumOf(last(told, 'counts_in_toa_range').array)).toBe((total / 7) * 4)
    expect(last(told, 'cumulative').array.coords['time_of_arrival']?.unit).toBe('µs')
  })

  test('histograms counted elsewhere are shared among the bins by overlap, and none is lost', () => {
    const service = driver('dummy', 'monitor_data')
    service.start('monitor_histogram', 'monitor1', {
      toa_edges: { start: 0, stop: 100, num_bins: 4, unit: 'ns' },
    })
    const told = service.run(3, (timeNs) => [
      [
        topic,
        dataArray('monitor1', timeNs, [
          { name: 'frame_time', unit: 'ns', axes: ['frame_time'], values: Int32Array.of(0, 10, 50, 100) },
          { name: 'signal', unit: 'counts', axes: ['frame_time'], values: Int32Array.of(10, 80, 50) },
          { name: 'reference_time', unit: 'ns', axes: ['reference_time'], values: BigInt64Array.of(timeNs) },
          { name: 'frame_total', unit: 'counts', axes: ['reference_time'], values: Int32Array.of(140) },
        ]),
      ],
    ])
    const [first = 0, second = 0, third = 0, fourth = 0] = numbers(last(told, 'current').array)
    const messages = (first + second + third + fourth) / 140
    expect([first, second, third, fourth].map((count) => count / messages)).toEqual([40, 50, 25, 25])
    expect(Number.isInteger(messages)).toBe(true)
  })

  test('logarithmic bins hold what lies between them', () => {
    const service = driver('dummy', 'monitor_data')
    const params = { toa_edges: { start: 1, stop: 1_000, num_bins: 3, unit: 'us', scale: 'log' } }
    service.start('monitor_histogram', 'monitor1', params)
    const times = [999, 1_000, 9_999, 10_000, 99_999, 100_000, 999_999, 1_000_000]
    const told = service.run(3, (timeNs) => [[topic, events('monitor1', timeNs, times)]])
    const [one, two, three] = numbers(last(told, 'cumulative').array)
    expect([one, two, three].map((count) => (count ?? 0) / ((one ?? 1) / 2))).toEqual([2, 2, 2])
  })

  test('a monitor with pixels is counted by pixel', () => {
    const service = driver('loki', 'monitor_data')
    service.start('monitor_counts_per_pixel', 'beam_monitor_m3')
    const told = service.run(3, (timeNs) => [
      ['loki_beam_monitor', events('monitor4', timeNs, [1, 2, 3, 4, 5], [4, 4, 8, 9, 3])],
    ])
    const [a, b, c, d, e] = numbers(last(told, 'cumulative').array)
    expect([a, b, c, d, e].map((count) => (count ?? 0) / (e ?? 1))).toEqual([2, 0, 0, 0, 1])
  })
})
