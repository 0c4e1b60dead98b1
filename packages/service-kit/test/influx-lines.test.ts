import fc from 'fast-check'
import { expect, test } from 'vitest'
import { influxLines } from '../src/influx-lines.ts'
import { createMetrics } from '../src/metrics.ts'
import { parsedLine } from './parsed-line.ts'

test('each sample is a line: its name, its labels as tags, its number, the time', async () => {
  const metrics = createMetrics({ role: 'bus' })
  metrics.counter('beamtime_records_total', 'Records.', ['topic']).inc({ topic: 'a,b c=d' }, 3)
  metrics.gauge('beamtime_heap_bytes', 'Heap.').set({}, 1.5e9)
  metrics.histogram('beamtime_write_seconds', 'Writes.', { buckets: [0.1] }).observe({}, 0.05)
  const lines = influxLines(await metrics.text(), 1_700_000_000_123.4)
  expect(lines).toEqual([
    'beamtime_records_total,role=bus,topic=a\\,b\\ c\\=d value=3 1700000000123',
    'beamtime_heap_bytes,role=bus value=1500000000 1700000000123',
    'beamtime_write_seconds_bucket,le=0.1,role=bus value=1 1700000000123',
    'beamtime_write_seconds_bucket,le=+Inf,role=bus value=1 1700000000123',
    'beamtime_write_seconds_sum,role=bus value=0.05 1700000000123',
    'beamtime_write_seconds_count,role=bus value=1 1700000000123',
  ])
  expect(parsedLine(lines[0] ?? '').tags).toEqual({ role: 'bus', topic: 'a,b c=d' })
})

test('numbers that are none, empty labels and lines that do not read are left out', () => {
  const text = [
    '# HELP x Words.',
    'x NaN',
    'x{a=""} 1 1700000000000',
    'x{a="+Inf"} +Inf',
    'x{a="1",b="2\\\\"} -2e-3',
    'x{a="1} 5',
    '9x 1',
    'x',
    '',
  ].join('\n')
  expect(influxLines(text, 5)).toEqual(['x value=1 5', 'x,a=1,b=2 value=-0.002 5'])
})

test('whatever a label holds, the line reads back as one line with that label', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 20 }), async (label) => {
      const metrics = createMetrics()
      metrics.gauge('x', 'X.', ['label']).set({ label }, 1)
      const [line = ''] = influxLines(await metrics.text(), 5)
      const { measurement, tags, value, time } = parsedLine(line)
      expect({ measurement, value, time }).toEqual({ measurement: 'x', value: 1, time: 5 })
      const plain = label.replaceAll(/[\r\n\t]/g, ' ').replace(/[\\\s]+$/, '')
      expect(tags).toEqual(plain === '' ? {} : { label: plain })
    }),
    { numRuns: 500 },
  )
})

test('any text is taken without a fault, and gives only lines that read', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('x{}="\\, \n1.eN#+-')) }), (text) => {
      for (const line of influxLines(text, 1)) expect(parsedLine(line).time).toBe(1)
    }),
    { numRuns: 5_000 },
  )
})
