import type { RunRecord } from '@beamtime/document-store'
import { LiveRun } from './live-run.ts'
import type { RunLibrary } from './run-library.ts'

/** Rows of a stored run that go over the socket; a page reads more by windows. */
const maxRows = 200_000

/** A stored run in the form of a live one, with its rows. */
export function storedRun(library: RunLibrary, record: RunRecord): LiveRun {
  const run = new LiveRun(record.start)
  for (const descriptor of record.descriptors) run.addDescriptor(descriptor)
  for (const { name } of run.streams) fillFromStore(run, name, library)
  if (record.stop !== null) run.take(['stop', record.stop])
  return run
}

/** Puts the rows that the store has into a run. */
export function fillFromStore(run: LiveRun, stream: string, library: RunLibrary): void {
  const rows = run.stream(stream)?.rows
  if (rows === undefined) return
  const cols = rows.columns.map((column) => column.name)
  const table = library.table(run.uid, stream, { cols, n: maxRows })
  if (table === null) return
  const values = new Map(table.columns.map((column) => [column.name, column.values]))
  for (let at = 0; at < table.n; at += 1) {
    const seq = values.get('seq_num')?.[at]
    const time = values.get('time')?.[at]
    if (typeof seq !== 'number' || typeof time !== 'number') continue
    rows.put({
      seq,
      timeS: time,
      data: Object.fromEntries(cols.map((name) => [name, values.get(name)?.[at]])),
    })
  }
}
