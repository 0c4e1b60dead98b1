import { isPlainObject, type PlainObject } from './plain-object.ts'

/** A submission that waits for somebody's approval; wire spelling. */
export interface Proposal {
  readonly proposal_uid: string
  /** As it was submitted; validated. */
  readonly item: PlainObject
  readonly user: unknown
  readonly user_group: string
  readonly note: string | null
  /** Unix seconds. */
  readonly time: number
}

/** Proposals of a store. Anything else in it is left out. */
export function storedProposals(value: unknown): readonly Proposal[] {
  if (!Array.isArray(value)) return []
  return value.filter((entry: unknown): entry is Proposal => {
    return (
      isPlainObject(entry) &&
      typeof entry['proposal_uid'] === 'string' &&
      isPlainObject(entry['item']) &&
      typeof entry['user_group'] === 'string' &&
      typeof entry['time'] === 'number'
    )
  })
}
