import { isPlainObject } from './core/plain-object.ts'

const hashed = 'sha256:'

/** A lock as the queue server stores it. Its own entries hold the key in clear, ours the key's hash with a mark. */
export function lockFromRedis(value: unknown, hash: (text: string) => string): unknown {
  if (!isPlainObject(value)) return value
  const { lock_key: key, ...rest } = value
  if (typeof key !== 'string') return value
  return { ...rest, key_hash: key.startsWith(hashed) ? key.slice(hashed.length) : hash(key) }
}

/** The other way. A manager of the Python package that takes over is locked too, and opens with its emergency key. */
export function lockToRedis(value: unknown): unknown {
  if (!isPlainObject(value)) return value
  const { key_hash: keyHash, environment, queue, ...rest } = value
  return { environment, queue, lock_key: `${hashed}${String(keyHash)}`, ...rest }
}
