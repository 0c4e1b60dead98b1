import type { Event, EventDescriptor, RunStart } from '@beamtime/event-model'
import type { DocumentCallback } from '../engine/dispatcher.ts'
import { fieldsToShow } from './hinted-fields.ts'

export interface LiveTableOptions {
  /** Where lines go. */
  readonly print: (line: string) => void
  /** Default: what the stream hints at. */
  readonly fields?: readonly string[]
  /** Default 'primary'. */
  readonly stream?: string
}

interface TableColumn {
  readonly key: string
  readonly title: string
  readonly width: number
  readonly text: (value: unknown) => string
}

interface Table {
  readonly start: RunStart
  readonly descriptors: Set<string>
  columns: readonly TableColumn[]
  rows: number
}

const headerEvery = 50
const smallestWidth = 12
const defaultPrecision = 3

/** A subscriber that prints the events of a stream as a table, for consoles. */
export function liveTable(options: LiveTableOptions): DocumentCallback {
  const { print, stream = 'primary' } = options
  const tables = new Map<string, Table>()
  const tableOf = new Map<string, Table>()

  const onDescriptor = (doc: EventDescriptor): void => {
    const table = tables.get(doc.run_start)
    if (table === undefined || doc.name !== stream) return
    table.descriptors.add(doc.uid)
    tableOf.set(doc.uid, table)
    table.columns = columnsOf(doc, options.fields ?? fieldsToShow(doc))
    printHeader(print, table.columns)
  }
  const onEvent = (doc: Event): void => {
    const table = tableOf.get(doc.descriptor)
    if (table === undefined) return
    table.rows += 1
    if (table.rows % headerEvery === 0) printHeader(print, table.columns)
    print(`|${table.columns.map((column) => cell(column, doc)).join('|')}|`)
  }
  const onStop = (startUid: string): void => {
    const table = tables.get(startUid)
    if (table === undefined) return
    tables.delete(startUid)
    for (const uid of table.descriptors) tableOf.delete(uid)
    if (table.columns.length > 0) print(separator(table.columns))
    const { plan_type: type = '', plan_name: name = '', uid, scan_id: scanId = '' } = table.start
    print(`${String(type)} ${String(name)} ['${uid.slice(0, 8)}'] (scan num: ${scanId})`)
  }
  return (name, doc) => {
    if (name === 'start') {
      const start = doc as RunStart
      tables.set(start.uid, { start, descriptors: new Set(), columns: [], rows: 0 })
    } else if (name === 'descriptor') onDescriptor(doc as EventDescriptor)
    else if (name === 'event') onEvent(doc as Event)
    else if (name === 'stop') onStop(String(Reflect.get(doc, 'run_start')))
  }
}

function columnsOf(descriptor: EventDescriptor, fields: readonly string[]): readonly TableColumn[] {
  const columns: TableColumn[] = [
    { key: 'seq_num', title: 'seq_num', width: 11, text: String },
    { key: 'time', title: 'time', width: 12, text: clock },
  ]
  for (const field of fields) {
    const key = descriptor.data_keys[field]
    const width = Math.max(smallestWidth, field.length + 2, defaultPrecision + 3)
    if (key === undefined || key.dtype === 'array') continue
    columns.push({ key: field, title: field, width, text: cellText(key.dtype, key.precision ?? null, width) })
  }
  return columns
}

function cellText(dtype: string, precision: number | null, width: number): (value: unknown) => string {
  switch (dtype) {
    case 'number':
      return (value) =>
        typeof value === 'number' ? value.toFixed(precision ?? defaultPrecision) : textOf(value)
    case 'integer':
      return (value) => (typeof value === 'number' ? value.toFixed(0) : textOf(value))
    default:
      return (value) => textOf(value).slice(0, width - 3)
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

function cell(column: TableColumn, doc: Event): string {
  const value =
    column.key === 'seq_num' ? doc.seq_num : column.key === 'time' ? doc.time : doc.data[column.key]
  const isThere = value !== undefined && doc.filled?.[column.key] !== false
  if (!isThere) return ' '.repeat(column.width)
  return ` ${column.text(value).padStart(column.width - 2)} `
}

/** Local time of day to a tenth of a second. */
function clock(value: unknown): string {
  const date = new Date(Number(value) * 1000)
  const two = (n: number): string => String(n).padStart(2, '0')
  const tenth = Math.floor(date.getMilliseconds() / 100)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${tenth}`
}

function separator(columns: readonly TableColumn[]): string {
  return `+${columns.map((column) => '-'.repeat(column.width)).join('+')}+`
}

function printHeader(print: (line: string) => void, columns: readonly TableColumn[]): void {
  print(separator(columns))
  print(`|${columns.map((column) => `${column.title.padStart(column.width - 1)} `).join('|')}|`)
  print(separator(columns))
}
