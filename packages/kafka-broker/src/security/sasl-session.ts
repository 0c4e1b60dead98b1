import { randomBytes } from 'node:crypto'
import { kafkaError, type KafkaErrorCode } from '../core/error-codes.ts'
import {
  type ClientFirst,
  parseClientFirst,
  type ScramMechanism,
  type ScramVerifier,
  serverFinal,
  serverFirst,
} from './scram.ts'
import type { UserStore } from './user-store.ts'

export const saslMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
type SaslMechanism = (typeof saslMechanisms)[number]

/** Each wrong password costs its sender this long. */
const failureDelayMs = 100

export type SaslStep =
  | { readonly kind: 'challenge'; readonly bytes: Uint8Array }
  | { readonly kind: 'done'; readonly bytes: Uint8Array; readonly user: string }
  | { readonly kind: 'failed'; readonly errorCode: KafkaErrorCode; readonly message: string }

interface Conversation {
  readonly first: ClientFirst
  readonly serverFirst: string
  readonly verifier: ScramVerifier
  readonly isKnown: boolean
}

const nothing = new Uint8Array(0)

/** The login of one connection: a mechanism is chosen, then tokens go to and fro. */
export class SaslSession {
  readonly #users: UserStore
  #mechanism: SaslMechanism | null = null
  #conversation: Conversation | null = null
  /** After a handshake of version 0 tokens come as frames of their own, without a header. */
  takesRawTokens = false
  /** Who logged in, null before. */
  user: string | null = null

  constructor(users: UserStore) {
    this.#users = users
  }

  choose(mechanism: string, withRawTokens: boolean): KafkaErrorCode {
    if (this.#mechanism !== null) return kafkaError.illegalSaslState
    this.#mechanism = saslMechanisms.find((name) => name === mechanism) ?? null
    if (this.#mechanism === null) return kafkaError.unsupportedSaslMechanism
    this.takesRawTokens = withRawTokens
    return kafkaError.none
  }

  async step(token: Uint8Array): Promise<SaslStep> {
    const mechanism = this.#mechanism
    if (mechanism === null || this.user !== null) {
      const message = 'SaslAuthenticate is legal after SaslHandshake only, and once'
      return { kind: 'failed', errorCode: kafkaError.illegalSaslState, message }
    }
    const step = mechanism === 'PLAIN' ? await this.#plain(token) : await this.#scram(mechanism, token)
    if (step === null) return await this.#refuse(mechanism)
    if (step.kind === 'done') {
      this.user = step.user
      this.takesRawTokens = false
    }
    return step
  }

  async #refuse(mechanism: SaslMechanism): Promise<SaslStep> {
    await new Promise((resolve) => setTimeout(resolve, failureDelayMs))
    // As Kafka words it: clients print it.
    const message =
      mechanism === 'PLAIN'
        ? 'Authentication failed: Invalid username or password'
        : `Authentication failed during authentication due to invalid credentials with SASL mechanism ${mechanism}`
    return { kind: 'failed', errorCode: kafkaError.saslAuthenticationFailed, message }
  }

  /** [authzid] NUL user NUL password */
  async #plain(token: Uint8Array): Promise<SaslStep | null> {
    const [authzid = '', user = '', password, ...rest] = Buffer.from(token).toString('utf8').split('\0')
    if (user === '' || password === undefined || rest.length > 0 || (authzid !== '' && authzid !== user))
      return null
    return (await this.#users.isPassword(user, password)) ? { kind: 'done', bytes: nothing, user } : null
  }

  async #scram(mechanism: ScramMechanism, token: Uint8Array): Promise<SaslStep | null> {
    const text = Buffer.from(token).toString('utf8')
    const before = this.#conversation
    if (before === null) {
      const first = parseClientFirst(text)
      if (first === null) return null
      const { verifier, isKnown } = await this.#users.verifierOf(first.user, mechanism)
      const answer = serverFirst(first.nonce, verifier, randomBytes(18).toString('base64url'))
      this.#conversation = { first, serverFirst: answer, verifier, isKnown }
      return { kind: 'challenge', bytes: Buffer.from(answer) }
    }
    const answer = serverFinal(mechanism, before.verifier, { ...before, clientFinal: text })
    if (answer === null || !before.isKnown) return null
    return { kind: 'done', bytes: Buffer.from(answer), user: before.first.user }
  }
}
