import { da00 } from '@beamtime/stream-formats'
import { expect, test } from 'vitest'
import { decodeDataArray } from '../../src/data/da00-result.ts'
import { driver, events, last, T } from './core-driver.part.ts'

const topic = 'dummy_beam_monitor'
const feed = (timeNs: bigint) => [[topic, events('monitor1', timeNs, [1_000_000, 2_000_000])]] as const

test('results carry the names, times and variables of the protocol, to the letter', () => {
  const service = driver('dummy', 'monitor_data')
  service.start('monitor_histogram', 'monitor1')
  const told = service.run(4, feed)
  const result = last(told, 'cumulative')
  expect(result.text).toBe(
    '{"workflow_id":{"instrument":"dummy","name":"monitor_histogram","version":1},"job_id":{"source_name":"monitor1","job_number":"number"},"output_name":"cumulative"}',
  )
  const wire = da00.decode(result.bytes)
  expect(wire.data.map(({ name }) => name)).toEqual([
    'signal',
    'errors',
    'time_of_arrival',
    'start_time',
    'time',
  ])
  const [signal, errors, edges, start, time] = wire.data
  expect(signal).toMatchObject({
    label: 'Histogram',
    unit: 'counts',
    axes: ['time_of_arrival'],
    data_type: 10,
  })
  expect(errors).toMatchObject({ unit: 'counts', axes: ['time_of_arrival'], data_type: 10 })
  expect(edges).toMatchObject({ unit: 'ms', axes: ['time_of_arrival'] })
  expect(edges?.shape).toEqual(BigInt64Array.of(101n))
  for (const each of [start, time]) expect(each).toMatchObject({ unit: 'ns', axes: [], data_type: 7 })
  const first = told.results[0]
  const started = first?.array.coords['start_time']?.values[0]
  expect(told.results.filter(({ timestampNs }) => timestampNs !== started)).toEqual([])
  const windows = told.results.filter(({ name }) => name['output_name'] === 'current')
  windows.slice(1).forEach(({ array }, index) => {
    expect(array.coords['start_time']?.values[0]).toBe(windows[index]?.array.coords['time']?.values[0])
  })
})

test('outputs that NICOS counts with go to its topic too, under the name of the device', () => {
  const service = driver('dummy', 'monitor_data')
  service.start('monitor_histogram', 'monitor1')
  const told = service.run(4, feed)
  const devices = told.results.filter(({ nicos }) => nicos !== null)
  expect(new Set(devices.map(({ name }) => name['output_name']))).toEqual(
    new Set(['counts_total_cumulative']),
  )
  const { sourceName, array } = decodeDataArray(devices.at(-1)?.nicos ?? new Uint8Array(0))
  expect(sourceName).toBe('monitor1_counts_total')
  expect(array.coords['end_time']?.values).toEqual(array.coords['time']?.values)
  const before = array.coords['start_time']?.values[0] ?? 0n
  service.command({ kind: 'job_command', action: 'reset', workflow_id: 'dummy/monitor_histogram/1' })
  const after = service.run(3, feed).results.findLast(({ nicos }) => nicos !== null)
  expect(
    decodeDataArray(after?.nicos ?? new Uint8Array(0)).array.coords['start_time']?.values[0],
  ).toBeGreaterThan(before)
})

test('status of service and jobs reads as the protocol says, times with all their digits', () => {
  const service = driver('dummy', 'monitor_data')
  service.start('monitor_histogram', 'monitor1')
  const told = service.run(40, feed)
  const ofService = told.status.filter(({ serviceId }) => serviceId === 'dummy:monitor_data:worker')
  expect(ofService[0]?.json).toBe(
    '{"status":200,"message":{"message_type":"service","instrument":"dummy","service_name":"monitor_data","worker_id":"worker","state":"running","started_at":1700000000000000000,"active_job_count":1,"error":null,"batch_interval_s":1,"stream_stats":null}}',
  )
  expect(ofService.length).toBeGreaterThanOrEqual(19)
  const stats = ofService.filter(({ json }) => !json.includes('"stream_stats":null'))
  expect(stats.length).toBe(1)
  expect(JSON.parse(stats[0]?.json ?? '{}').message.stream_stats.streams).toMatchObject([
    { topic, source_name: 'monitor1', stream: 'monitor1' },
  ])
  const job = told.status.findLast(({ serviceId }) => serviceId === 'monitor1:number')
  expect(job?.json).toMatch(
    /^\{"status":200,"message":\{"message_type":"job","state":"active","warning":null,"error":null,"job_id":\{"source_name":"monitor1","job_number":"number"\},"workflow_id":"dummy\/monitor_histogram\/1","start_time":1\d{18},"end_time":1\d{18}\}\}$/,
  )
  const stopped = service.stop()
  expect(stopped.status.map(({ json }) => JSON.parse(json).status)).toEqual([999, 235])
})

test('nothing is published without new data, and the counts of windows add up to the total', () => {
  const service = driver('dummy', 'monitor_data')
  service.start('monitor_histogram', 'monitor1')
  const told = service.run(5, feed)
  const quiet = service.run(5, () => [])
  const sums = [...told.results, ...quiet.results]
    .filter(({ name }) => name['output_name'] === 'counts_total')
    .map(({ array }) => Number(array.signal.values[0]))
  const total = last({ ...told, results: [...told.results, ...quiet.results] }, 'counts_total_cumulative')
  expect(sums.reduce((all, each) => all + each, 0)).toBe(Number(total.array.signal.values[0]))
  expect(quiet.results.length).toBeLessThanOrEqual(6)
  expect(T).toBeGreaterThan(0n)
})
