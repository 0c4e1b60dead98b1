import { createHmac, randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { BrokerError } from '../error.ts'
import type { TopicCatalog } from '../log/topic-catalog.ts'
import {
  defaultIterations,
  isPasswordOf,
  parseVerifier,
  type ScramMechanism,
  scramMechanisms,
  type ScramVerifier,
  verifierOfPassword,
  verifierText,
} from './scram.ts'

/* The users file: one `name:secret` a line, # begins a comment. The secret is the password itself, or a verifier
 * `SCRAM-SHA-512$4096:salt$StoredKey:ServerKey`; a name may have one line for each mechanism. The file is read again
 * when it changes. Users that clients set (AlterUserScramCredentials) are in the catalog and go before those of the file. */

type Credential =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'verifier'; readonly verifier: ScramVerifier }

interface UserStoreOptions {
  /** Path of the users file, '' = none. */
  readonly file: string
  readonly catalog: Pick<TopicCatalog, 'rows' | 'putRows'>
}

export class UserStore {
  readonly #options: UserStoreOptions
  /** By mechanism and name. */
  #fromFile = new Map<string, Credential>()
  #fileStamp = ''
  /** Makes the salt of a user that does not exist look like any other's. */
  readonly #secret = randomBytes(32)

  private constructor(options: UserStoreOptions) {
    this.#options = options
  }

  /** Rejects with BROKER_CONFIG_INVALID when the file cannot be read. */
  static async open(options: UserStoreOptions): Promise<UserStore> {
    const users = new UserStore(options)
    if (options.file !== '') await users.#readFile()
    return users
  }

  async #readFile(): Promise<void> {
    const { file } = this.#options
    try {
      const { mtimeMs, size, ino } = await stat(file)
      const stamp = `${mtimeMs}:${size}:${ino}`
      if (stamp === this.#fileStamp) return
      this.#fromFile = parseUsers(await readFile(file, 'utf8'))
      this.#fileStamp = stamp
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new BrokerError({
        code: 'BROKER_CONFIG_INVALID',
        message: `broker.users: ${reason}`,
        fault: 'caller',
        remedy:
          'Write one user a line as name:password, or name:SCRAM-SHA-512$iterations:salt$StoredKey:ServerKey.',
        cause,
      })
    }
  }

  /** While a person edits the file, what was read last holds. */
  async #refresh(): Promise<void> {
    if (this.#options.file !== '') await this.#readFile().catch(() => undefined)
  }

  async #verifier(user: string, mechanism: ScramMechanism): Promise<ScramVerifier | null> {
    const stored = this.#options.catalog.rows('users').get(rowKey(user, mechanism))
    if (typeof stored === 'string') return parseVerifier(stored)?.verifier ?? null
    const credential = this.#fromFile.get(rowKey(user, mechanism))
    if (credential === undefined) return null
    if (credential.kind === 'verifier') return credential.verifier
    const verifier = await verifierOfPassword(mechanism, credential.password)
    this.#fromFile.set(rowKey(user, mechanism), { kind: 'verifier', verifier })
    return verifier
  }

  /** For a conversation; of a user that does not exist, one that no password fits. */
  async verifierOf(
    user: string,
    mechanism: ScramMechanism,
  ): Promise<{ verifier: ScramVerifier; isKnown: boolean }> {
    await this.#refresh()
    const verifier = await this.#verifier(user, mechanism)
    if (verifier !== null) return { verifier, isKnown: true }
    const { hash, keyBytes } = scramMechanisms[mechanism]
    const salt = createHmac(hash, this.#secret).update(user).digest().subarray(0, 16)
    const nobody = {
      salt,
      iterations: defaultIterations,
      storedKey: randomBytes(keyBytes),
      serverKey: randomBytes(keyBytes),
    }
    return { verifier: nobody, isKnown: false }
  }

  async isPassword(user: string, password: string): Promise<boolean> {
    for (const mechanism of ['SCRAM-SHA-512', 'SCRAM-SHA-256'] as const) {
      const { verifier, isKnown } = await this.verifierOf(user, mechanism)
      // Also checked for a user that does not exist, so that the time tells nothing.
      if ((await isPasswordOf(mechanism, verifier, password)) && isKnown) return true
    }
    return false
  }

  /** Everyone who can log in, with the mechanisms and iterations. */
  async list(): Promise<ReadonlyMap<string, readonly { mechanism: ScramMechanism; iterations: number }[]>> {
    await this.#refresh()
    const keys = new Set([...this.#fromFile.keys(), ...this.#options.catalog.rows('users').keys()])
    const users = new Map<string, { mechanism: ScramMechanism; iterations: number }[]>()
    for (const key of [...keys].toSorted()) {
      const [mechanism, user] = splitRowKey(key)
      const verifier = await this.#verifier(user, mechanism)
      if (verifier === null) continue
      users.set(user, [...(users.get(user) ?? []), { mechanism, iterations: verifier.iterations }])
    }
    return users
  }

  /** Durable when it resolves. */
  async set(user: string, mechanism: ScramMechanism, verifier: ScramVerifier): Promise<void> {
    await this.#options.catalog.putRows('users', [
      [rowKey(user, mechanism), verifierText(mechanism, verifier)],
    ])
  }

  /** False when a client did not set this user; those of the file are removed there. */
  async delete(user: string, mechanism: ScramMechanism): Promise<boolean> {
    if (!this.#options.catalog.rows('users').has(rowKey(user, mechanism))) return false
    await this.#options.catalog.putRows('users', [[rowKey(user, mechanism), null]])
    return true
  }
}

function rowKey(user: string, mechanism: ScramMechanism): string {
  return `${mechanism}:${user}`
}

function splitRowKey(key: string): [mechanism: ScramMechanism, user: string] {
  const colon = key.indexOf(':')
  return [key.slice(0, colon) as ScramMechanism, key.slice(colon + 1)]
}

function parseUsers(text: string): Map<string, Credential> {
  const users = new Map<string, Credential>()
  for (const [i, line] of text.split('\n').entries()) {
    const content = line.trim()
    if (content === '' || content.startsWith('#')) continue
    const colon = content.indexOf(':')
    const user = content.slice(0, colon).trim()
    const secret = content.slice(colon + 1).trim()
    // The line itself may hold a password: it is not told.
    if (colon < 0 || user === '' || secret === '') throw new Error(`line ${i + 1} is not name:secret`)
    const parsed = parseVerifier(secret)
    if (parsed !== null)
      users.set(rowKey(user, parsed.mechanism), { kind: 'verifier', verifier: parsed.verifier })
    else if (secret.startsWith('SCRAM-SHA-'))
      throw new Error(`line ${i + 1} holds a verifier that is not complete`)
    else
      for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)
        users.set(rowKey(user, mechanism), { kind: 'password', password: secret })
  }
  return users
}
