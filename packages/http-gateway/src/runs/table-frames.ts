import type { ColumnTable } from '@beamtime/document-store'
import type { NamedArray } from '../frames.ts'
import type { TablePage } from '../ui-types.ts'

/** Columns as binary arrays: numbers as doubles, texts as texts, anything else (arrays, lists) is left to the JSON form. */
export function tableArrays(table: ColumnTable): readonly NamedArray[] {
  return table.columns.flatMap((column): readonly NamedArray[] => {
    const unit = column.unit === null ? {} : { unit: column.unit }
    if (column.values instanceof Float64Array) return [{ name: column.name, values: column.values, ...unit }]
    if (column.dtype !== 'string') return numericList(column.name, column.values, unit)
    const texts = column.values.map((value) => (typeof value === 'string' ? value : ''))
    return [{ name: column.name, values: texts, ...unit }]
  })
}

function numericList(
  name: string,
  values: readonly unknown[],
  unit: { readonly unit?: string },
): readonly NamedArray[] {
  if (!values.every((value) => ['number', 'boolean', 'bigint', 'undefined'].includes(typeof value))) return []
  const numbers = Float64Array.from(values, (value) => (value === undefined ? Number.NaN : Number(value)))
  return [{ name, values: numbers, ...unit }]
}

/** The same for readers of JSON; what is missing or not finite is null. */
export function tableJson(table: ColumnTable): TablePage {
  return {
    stream: table.stream,
    first: table.first,
    n: table.n,
    total: table.total,
    ...(table.reduced === undefined ? {} : { reduced: table.reduced }),
    columns: table.columns.map(({ name, unit, values }) => ({
      name,
      unit,
      values: Array.from(values, jsonValue),
    })),
  }
}

function jsonValue(value: unknown): unknown {
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return null
  if (typeof value === 'bigint') return Number(value)
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
    ? Array.from(value as Float64Array, jsonValue)
    : value
}
