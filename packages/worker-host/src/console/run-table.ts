import { liveTable, type DocumentCallback } from '@beamtime/run-engine'

/** Rows that may come at once, and that are added each second. A console is for reading; a fast scan prints less. */
const rowsPerSecond = 100

/** Prints the points of each run as a table. Of a stream that is faster than anyone reads, rows are left out and counted. */
export function runTable(
  print: (line: string) => void,
  nowMs: () => number = () => performance.now(),
): DocumentCallback {
  const table = liveTable({ print })
  let allowance = rowsPerSecond
  let refilledAtMs = nowMs()
  let leftOut = 0

  function takeRow(): boolean {
    const now = nowMs()
    allowance = Math.min(rowsPerSecond, allowance + ((now - refilledAtMs) / 1000) * rowsPerSecond)
    refilledAtMs = now
    if (allowance < 1) return false
    allowance -= 1
    return true
  }

  return (name, doc) => {
    if (name === 'event' && !takeRow()) {
      leftOut += 1
      return
    }
    if (name === 'stop' && leftOut > 0) {
      print(`${leftOut} rows were left out: more than ${rowsPerSecond} a second.`)
      leftOut = 0
    }
    return table(name, doc)
  }
}
