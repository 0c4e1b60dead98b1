import { expect, test } from 'vitest'
import { count, liveTable, scan } from '../../src/index.ts'
import { recordingEngine } from '../recording.ts'

test('a scan prints as the table that everybody knows', async () => {
  const r = recordingEngine()
  const lines: string[] = []
  r.RE.subscribe(liveTable({ print: (line) => lines.push(line) }))
  await r.RE.run(scan([r.hw.det], r.hw.motor, -1, 1, 3))
  expect(
    lines.map((line) => line.replace(/\d\d:\d\d:\d\d\.\d/, '00:32:02.7').replace(/'\w{8}'/, "'01234567'")),
  ).toEqual([
    '+-----------+------------+------------+------------+',
    '|   seq_num |       time |        det |      motor |',
    '+-----------+------------+------------+------------+',
    '|         1 | 00:32:02.7 |      0.607 |     -1.000 |',
    '|         2 | 00:32:02.7 |      1.000 |      0.000 |',
    '|         3 | 00:32:02.7 |      0.607 |      1.000 |',
    '+-----------+------------+------------+------------+',
    "generator scan ['01234567'] (scan num: 1)",
  ])
})

test('the header comes again at every fiftieth row, arrays and unfilled values are left out', async () => {
  const r = recordingEngine()
  const lines: string[] = []
  r.RE.subscribe(liveTable({ print: (line) => lines.push(line), fields: ['det', 'img', 'nothing'] }))
  await r.RE.run(count([r.hw.det, r.hw.img], 51))
  expect(lines.filter((line) => line.includes('seq_num'))).toHaveLength(2)
  expect(lines[1]).toBe('|   seq_num |       time |        det |')
})
