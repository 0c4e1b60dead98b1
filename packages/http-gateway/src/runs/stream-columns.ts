import type { DataKey, EventDescriptor } from '@beamtime/event-model'
import type { ColumnInfo } from '../ui-types.ts'

/** The columns of a stream in the order of its descriptor. */
export function columnsOf(descriptor: EventDescriptor): readonly ColumnInfo[] {
  return Object.entries(descriptor.data_keys).map(([name, key]) => ({
    name,
    dtype: key.dtype,
    shape: key.shape.map((length) => length ?? -1),
    unit: key.units ?? null,
    precision: key.precision ?? null,
    object: key.object_name ?? objectOf(descriptor, name),
    external: key.external !== undefined,
  }))
}

function objectOf(descriptor: EventDescriptor, column: string): string | null {
  const owner = Object.entries(descriptor.object_keys ?? {}).find(([, keys]) => keys.includes(column))
  return owner?.[0] ?? null
}

/** Whether a column of one value a row can be drawn and sent live; arrays and external data cannot. */
export function liveKind(key: DataKey): 'number' | 'text' | null {
  if (key.external !== undefined || key.shape.length > 0) return null
  switch (key.dtype) {
    case 'number':
    case 'integer':
    case 'boolean':
      return 'number'
    case 'string':
      return 'text'
    case 'array':
      return null
  }
}
