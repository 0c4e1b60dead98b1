import { randomUUID } from 'node:crypto'

/** A name for a group that no other has: `label-` and 6 hex characters. */
export function shortUid(label: string): string {
  return `${label}-${randomUUID().slice(0, 6)}`
}

/** A name for a group when the caller gave none. */
export function newGroup(): string {
  return randomUUID()
}
