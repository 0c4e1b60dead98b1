import { PythonFloat, pyRepr } from '@beamtime/python-notation'
import { isPlainObject } from './core/plain-object.ts'

/**
 * JSON as Python's `json.dumps` writes it: `", "` and `": "`, everything beyond ASCII escaped, floats as Python's repr.
 * The queue server finds elements of its Redis lists by exactly this text.
 */
export function writePythonJson(value: unknown): string {
  if (typeof value === 'string') return asciiString(value)
  if (typeof value === 'number') return pythonNumber(value)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (value instanceof PythonFloat) return pyRepr(value)
  if (Array.isArray(value)) return `[${value.map(writePythonJson).join(', ')}]`
  if (!isPlainObject(value)) return 'null'
  const fields = Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : [`${asciiString(key)}: ${writePythonJson(item)}`],
  )
  return `{${fields.join(', ')}}`
}

function asciiString(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function pythonNumber(value: number): string {
  const size = Math.abs(value)
  // Here JavaScript and Python write the same.
  if (size >= 1e-4 && size < 1e16) return String(value)
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  // A float that JavaScript holds as a whole number was an integer on the wire (PythonFloat marks the others).
  return Number.isInteger(value) ? JSON.stringify(value) : pyRepr(value)
}
