import type { DatabaseSync } from 'node:sqlite'
import { newSecret, sha256 } from './secret-compare.ts'

/** A login lives this long after its last use. */
export const loginLifeMs = 12 * 3_600_000
/** A use renews the stored end at most this often. */
const renewEveryMs = 60_000

interface LoginRecord {
  readonly user: string
  readonly csrf: string
  readonly expiresMs: number
}

export interface LoginRecords {
  /** Makes a record; the secret goes into the cookie and is not kept. */
  create(user: string): { readonly secret: string; readonly csrf: string }
  /** Looks a secret up and renews its life. */
  find(secret: string): LoginRecord | null
  remove(secret: string): void
}

/** Browser logins, kept over restarts of the gateway; only hashes of their secrets are stored. */
export function loginRecords(database: DatabaseSync, now: () => number = Date.now): LoginRecords {
  const insert = database.prepare(
    'INSERT INTO login (secret_hash, user, csrf, created_ms, expires_ms) VALUES (?, ?, ?, ?, ?)',
  )
  const select = database.prepare('SELECT user, csrf, expires_ms FROM login WHERE secret_hash = ?')
  const renew = database.prepare('UPDATE login SET expires_ms = ? WHERE secret_hash = ?')
  const remove = database.prepare('DELETE FROM login WHERE secret_hash = ?')
  const purge = database.prepare('DELETE FROM login WHERE expires_ms < ?')
  return {
    create(user) {
      purge.run(now())
      const [secret, csrf] = [newSecret(), newSecret()]
      insert.run(sha256(secret), user, csrf, now(), now() + loginLifeMs)
      return { secret, csrf }
    },
    find(secret) {
      const hash = sha256(secret)
      const row = select.get(hash)
      if (row === undefined) return null
      const expiresMs = Number(row['expires_ms'])
      if (expiresMs < now()) return null
      if (expiresMs - loginLifeMs + renewEveryMs < now()) renew.run(now() + loginLifeMs, hash)
      return { user: String(row['user']), csrf: String(row['csrf']), expiresMs }
    },
    remove(secret) {
      remove.run(sha256(secret))
    },
  }
}
