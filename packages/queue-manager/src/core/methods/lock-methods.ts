import { pyRepr } from '@beamtime/python-notation'
import { lockInfo, lockText, type HeldLock } from '../lock.ts'
import type { Manager } from '../manager.ts'
import type { MethodTable } from '../method.ts'
import type { PlainObject } from '../plain-object.ts'
import { Refusal } from '../refusal.ts'

const onFailure = (): PlainObject => ({ lock_info: {}, lock_info_uid: null })

export const lockMethods: MethodTable = {
  lock: {
    params: ['lock_key', 'user', 'note', 'environment', 'queue'],
    prefix: 'Error: ',
    onFailure,
    handle: ({ m, params }) => {
      const wanted = requestedLock(m, params)
      if (m.lock !== null && m.lock.key_hash !== wanted.key_hash) {
        throw new Refusal(`RE Manager was locked with a different key: \n${heldLockText(m, m.lock)}`)
      }
      setLock(m, wanted)
      return info(m)
    },
  },
  lock_info: {
    params: ['lock_key'],
    prefix: 'Error: ',
    onFailure,
    handle: ({ m, params }) => {
      const key = optionalKey(params, info(m))
      if (key !== null && m.lock !== null && m.ports.hash(key) !== m.lock.key_hash)
        throw invalidKey(m, m.lock, info(m))
      return info(m)
    },
  },
  unlock: {
    params: ['lock_key'],
    prefix: 'Error: ',
    onFailure,
    handle: ({ m, params }) => {
      if (!Object.hasOwn(params, 'lock_key')) {
        throw new Refusal("Request contains no lock key: 'lock_key' parameter is required")
      }
      const key = requiredKey(params['lock_key'])
      if (m.lock === null) return info(m)
      const { emergencyLockKey } = m.settings
      const opens =
        m.ports.hash(key) === m.lock.key_hash || (emergencyLockKey !== '' && key === emergencyLockKey)
      if (!opens) throw invalidKey(m, m.lock, info(m))
      setLock(m, null)
      return info(m)
    },
  },
}

/** Throws Refusal when this part is locked and the request has no right key. */
export function requireUnlocked(m: Manager, part: 'environment' | 'queue', params: PlainObject): void {
  const key = optionalKey(params)
  if (m.lock === null || !m.lock[part]) return
  if (key === null || m.ports.hash(key) !== m.lock.key_hash) throw invalidKey(m, m.lock)
}

function requestedLock(m: Manager, params: PlainObject): HeldLock {
  if (!Object.hasOwn(params, 'user')) {
    throw new Refusal("User name is not specified: 'user' is a required parameter")
  }
  if (!Object.hasOwn(params, 'lock_key')) {
    throw new Refusal("Lock key is not specified: 'lock_key' is a required parameter")
  }
  const key = requiredKey(params['lock_key'])
  const { user, note = null, environment = false, queue = false } = params
  if (typeof user !== 'string' || user === '') {
    throw new Refusal(`User name must be a non-empty string: user = ${pyRepr(user)}`)
  }
  if (note !== null && typeof note !== 'string') {
    throw new Refusal(`Note must be a string or None: note = ${pyRepr(note)}`)
  }
  if (environment !== true && queue !== true) {
    const given = `environment=${pyRepr(environment)} queue=${pyRepr(queue)}`
    throw new Refusal(`Invalid option: environment and/or queue must be selected: ${given}`)
  }
  return {
    environment: environment === true,
    queue: queue === true,
    key_hash: m.ports.hash(key),
    note,
    user,
    time: m.ports.nowS(),
    uid: m.ports.newUid(),
  }
}

function setLock(m: Manager, lock: HeldLock | null): void {
  m.lock = lock
  m.store('lock_info', lock)
  m.uids.lock_info_uid = lock?.uid ?? m.ports.newUid()
  m.log(lock === null ? 'RE Manager is unlocked.' : heldLockText(m, lock))
}

function requiredKey(key: unknown): string {
  if (typeof key === 'string' && key !== '') return key
  throw new Refusal(`Lock key must be a non-empty string: lock_key = ${pyRepr(key)}`)
}

function optionalKey(params: PlainObject, fields: PlainObject = {}): string | null {
  const key = params['lock_key']
  if (key === undefined || key === null) return null
  if (typeof key === 'string' && key !== '') return key
  const text = `Lock key must be a non-empty string or None: lock_key = ${pyRepr(key)}`
  throw new Refusal(text, 'parameter', fields)
}

/** `fields`: methods about the lock tell what it is, also to the wrong key. */
function invalidKey(m: Manager, lock: HeldLock, fields: PlainObject = {}): Refusal {
  return new Refusal(`Invalid lock key: \n${heldLockText(m, lock)}`, 'parameter', fields)
}

function heldLockText(m: Manager, lock: HeldLock): string {
  return lockText(lock, details(m, lock))
}

function info(m: Manager): PlainObject {
  return { lock_info: lockInfo(m.lock, details(m, m.lock)), lock_info_uid: m.uids.lock_info_uid }
}

function details(m: Manager, lock: HeldLock | null): { timeText: string; emergency: boolean } {
  return {
    timeText: lock === null ? '' : m.ports.lockTime(lock.time),
    emergency: m.settings.emergencyLockKey !== '',
  }
}
