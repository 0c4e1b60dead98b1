import { toJsonText } from '@beamtime/event-model'
import type { ColumnTable } from './table-reader.ts'

/** One RFC 4180 record with its line end. */
export function csvRecord(cells: readonly unknown[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** The rows of a table as CSV records. */
export function csvRows(table: ColumnTable): string {
  let text = ''
  for (let row = 0; row < table.n; row++) {
    text += csvRecord(table.columns.map((column) => column.values[row]))
  }
  return text
}

/* Numbers with all their digits; NaN and infinities as Python and pandas read them; lists as JSON. */
function csvCell(value: unknown): string {
  switch (typeof value) {
    case 'number':
      if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
      return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'string':
      return quoted(value)
    case 'object':
      return value === null ? '' : quoted(toJsonText(value))
    case 'undefined':
    case 'function':
    case 'symbol':
      return ''
  }
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text
}
