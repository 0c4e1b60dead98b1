import { composeRun, unixSeconds } from '@beamtime/event-model'
import { expect, test } from 'vitest'
import { runTable } from '../../src/console/run-table.ts'

test('a fast run prints the first rows and says how many were left out', () => {
  const lines: string[] = []
  const table = runTable(
    (line) => lines.push(line),
    () => 0,
  )
  const run = composeRun({ metadata: { scan_id: 7, plan_name: 'count', plan_type: 'generator' } })
  const keys = { det: { dtype: 'number', shape: [], source: 'S', object_name: 'det' } } as const
  const stream = run.composeDescriptor({
    name: 'primary',
    data_keys: keys,
    hints: { det: { fields: ['det'] } },
    object_keys: { det: ['det'] },
  })
  void table('start', run.startDoc)
  void table('descriptor', stream.descriptorDoc)
  for (let n = 0; n < 250; n += 1) {
    void table('event', stream.composeEvent({ data: { det: n }, timestamps: { det: unixSeconds(n) } }))
  }
  void table('stop', run.composeStop({}))
  expect(lines.filter((line) => /^\|\s+\d/.test(line))).toHaveLength(100)
  expect(lines).toContain('150 rows were left out: more than 100 a second.')
  expect(lines.at(-1)).toMatch(/^generator count \['[0-9a-f]{8}'\] \(scan num: 7\)$/)
})
