import { pyRepr } from '@beamtime/python-notation'
import { isPlainObject, type PlainObject } from './plain-object.ts'

/** A lock as it is stored. The key itself is never kept, only its hash. */
export interface HeldLock {
  readonly environment: boolean
  readonly queue: boolean
  readonly key_hash: string
  readonly note: string | null
  readonly user: string
  /** Unix seconds. */
  readonly time: number
  /** lock_info_uid of this lock, kept over restarts: clients see that nothing changed. */
  readonly uid: string
}

export function storedLock(value: unknown): HeldLock | null {
  if (!isPlainObject(value)) return null
  const { environment, queue, key_hash, note, user, time, uid } = value
  if (typeof environment !== 'boolean' || typeof queue !== 'boolean' || typeof key_hash !== 'string')
    return null
  if (typeof user !== 'string' || typeof time !== 'number') return null
  return {
    environment,
    queue,
    key_hash,
    user,
    time,
    note: typeof note === 'string' ? note : null,
    uid: typeof uid === 'string' ? uid : '',
  }
}

/** The object that `lock`, `unlock` and `lock_info` answer with. */
export function lockInfo(
  lock: HeldLock | null,
  extra: { readonly timeText: string; readonly emergency: boolean },
): PlainObject {
  return {
    environment: lock?.environment ?? false,
    queue: lock?.queue ?? false,
    user: lock?.user ?? null,
    time: lock?.time ?? null,
    time_str: lock === null ? '' : extra.timeText,
    note: lock?.note ?? null,
    emergency_lock_key_is_set: extra.emergency,
  }
}

/** The five lines that go into refusals. */
export function lockText(
  lock: HeldLock,
  extra: { readonly timeText: string; readonly emergency: boolean },
): string {
  return [
    `RE Manager is locked by ${lock.user} at ${extra.timeText}`,
    `Environment is locked: ${pyRepr(lock.environment)}`,
    `Queue is locked:       ${pyRepr(lock.queue)}`,
    `Emergency lock key:    ${extra.emergency ? 'set' : 'not set'}`,
    `Note: ${lock.note === null || lock.note === '' ? '---' : lock.note}`,
  ].join('\n')
}
