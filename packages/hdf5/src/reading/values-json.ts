import type { PlainValue, Values } from './entity.ts'

/**
 * JSON of values as h5grove writes it: nested as the shape says, or one flat list. 64-bit integers keep all digits, numbers that
 * JSON does not know are null.
 */
export function valuesToJson(values: Values, options: { readonly flatten?: boolean } = {}): string {
  switch (values.kind) {
    case 'empty':
      return 'null'
    case 'bytes': {
      const { data, elementBytes, shape } = values
      const count = elementBytes === 0 ? 0 : data.length / elementBytes
      const items = Array.from({ length: count }, (_, index) =>
        JSON.stringify([...data.subarray(index * elementBytes, (index + 1) * elementBytes)]),
      )
      return nested(items, options.flatten === true ? [count] : shape)
    }
    case 'numbers':
    case 'values': {
      const items = Array.from(values.data as Iterable<PlainValue>, plain)
      const isFlat = options.flatten === true && values.shape.length > 0
      return nested(items, isFlat ? [items.length] : values.shape)
    }
  }
}

function plain(value: PlainValue): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'object') return `[${value.map(plain).join(',')}]`
  return JSON.stringify(value)
}

function nested(items: readonly string[], shape: readonly number[]): string {
  let level: readonly string[] = items
  for (let depth = shape.length - 1; depth >= 0; depth -= 1) {
    const length = shape[depth] ?? 0
    const groups = shape.slice(0, depth).reduce((product, each) => product * each, 1)
    const below = level
    level = Array.from(
      { length: groups },
      (_, index) => `[${below.slice(index * length, (index + 1) * length).join(',')}]`,
    )
  }
  return level.join(',')
}
