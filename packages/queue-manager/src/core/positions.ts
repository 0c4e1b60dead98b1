import { pyTypeName } from '@beamtime/python-notation'
import { isInteger } from './plain-object.ts'
import { Refusal } from './refusal.ts'

/** Index at which new items enter a queue of `size` items (queueserver contract, 6.2). */
export function insertionIndex(size: number, pos: unknown): number {
  if (pos === undefined || pos === null || pos === 'back') return size
  if (pos === 'front') return 0
  if (!isInteger(pos)) {
    throw new Refusal(`Parameter 'pos' has incorrect value: pos='${asText(pos)}' (type=${pyTypeName(pos)})`)
  }
  if (pos === 0 || pos < -size) return 0
  if (pos === -1 || pos >= size) return size
  return pos > 0 ? pos : size + pos + 1
}

/** Index of an existing element, counted from the end when negative; null when there is none. */
export function elementIndex(size: number, pos: number): number | null {
  const index = pos < 0 ? size + pos : pos
  return index >= 0 && index < size ? index : null
}

export function asText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === null || value === undefined ? 'None' : JSON.stringify(value)
}
