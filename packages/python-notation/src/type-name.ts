import { PythonFloat } from './python-float.ts'

/** What Python prints for `type(value)`: `<class 'list'>`. Whole numbers are `int` unless marked by `PythonFloat`. */
export function pyTypeName(value: unknown): string {
  return `<class '${bareName(value)}'>`
}

function bareName(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'str'
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float'
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'undefined':
      return 'NoneType'
    case 'object':
      return objectName(value)
    case 'function':
    case 'symbol':
      return typeof value
  }
}

function objectName(value: object | null): string {
  if (value === null) return 'NoneType'
  if (Array.isArray(value)) return 'list'
  if (value instanceof PythonFloat) return 'float'
  if (value instanceof Uint8Array) return 'bytes'
  return value instanceof Set ? 'set' : 'dict'
}
