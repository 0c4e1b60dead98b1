import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/* SCRAM-SHA-256 and SCRAM-SHA-512 without channel binding (RFC 5802, RFC 7677):
 *   client-first  n,[a=authzid],n=user,r=clientnonce[,extensions]
 *   server-first  r=clientnonce servernonce,s=salt,i=iterations
 *   client-final  c=biws,r=nonce,p=proof
 *   server-final  v=signature */

export const scramMechanisms = {
  'SCRAM-SHA-256': { hash: 'sha256', wireType: 1, keyBytes: 32 },
  'SCRAM-SHA-512': { hash: 'sha512', wireType: 2, keyBytes: 64 },
} as const
export type ScramMechanism = keyof typeof scramMechanisms

export const defaultIterations = 4_096
export const iterationsRange = { min: 4_096, max: 16_384 } as const

/** What is kept of a password: enough to check it, not to use it elsewhere. */
export interface ScramVerifier {
  readonly salt: Buffer
  readonly iterations: number
  readonly storedKey: Buffer
  readonly serverKey: Buffer
}

const derive = promisify(pbkdf2)

function hmac(mechanism: ScramMechanism, key: Uint8Array, text: string): Buffer {
  return createHmac(scramMechanisms[mechanism].hash, key).update(text).digest()
}

function hash(mechanism: ScramMechanism, bytes: Uint8Array): Buffer {
  return createHash(scramMechanisms[mechanism].hash).update(bytes).digest()
}

export function verifierOfSalted(
  mechanism: ScramMechanism,
  from: { readonly saltedPassword: Uint8Array; readonly salt: Uint8Array; readonly iterations: number },
): ScramVerifier {
  const { saltedPassword, salt, iterations } = from
  return {
    salt: Buffer.from(salt),
    iterations,
    storedKey: hash(mechanism, hmac(mechanism, saltedPassword, 'Client Key')),
    serverKey: hmac(mechanism, saltedPassword, 'Server Key'),
  }
}

/** Takes a few milliseconds of a thread of its own. */
export async function verifierOfPassword(
  mechanism: ScramMechanism,
  password: string,
  from: { readonly salt: Uint8Array; readonly iterations: number } = {
    salt: randomBytes(16),
    iterations: defaultIterations,
  },
): Promise<ScramVerifier> {
  const { hash: name, keyBytes } = scramMechanisms[mechanism]
  const saltedPassword = await derive(password.normalize('NFKC'), from.salt, from.iterations, keyBytes, name)
  return verifierOfSalted(mechanism, { saltedPassword, ...from })
}

export async function isPasswordOf(
  mechanism: ScramMechanism,
  verifier: ScramVerifier,
  password: string,
): Promise<boolean> {
  const { storedKey } = await verifierOfPassword(mechanism, password, verifier)
  return timingSafeEqual(storedKey, verifier.storedKey)
}

/** As text: `SCRAM-SHA-512$4096:salt$StoredKey:ServerKey`, the form that other databases print too. */
export function verifierText(mechanism: ScramMechanism, verifier: ScramVerifier): string {
  const { salt, iterations, storedKey, serverKey } = verifier
  const [a, b, c] = [salt, storedKey, serverKey].map((bytes) => bytes.toString('base64'))
  return `${mechanism}$${iterations}:${a}$${b}:${c}`
}

/** Null when the text is no verifier. */
export function parseVerifier(text: string): { mechanism: ScramMechanism; verifier: ScramVerifier } | null {
  const match = /^(SCRAM-SHA-256|SCRAM-SHA-512)\$(\d{1,7}):([^$:]+)\$([^$:]+):([^$:]+)$/.exec(text.trim())
  if (match === null) return null
  const [, name = '', iterations = '', salt = '', storedKey = '', serverKey = ''] = match
  const mechanism = name as ScramMechanism
  const verifier = {
    salt: Buffer.from(salt, 'base64'),
    iterations: Number(iterations),
    storedKey: Buffer.from(storedKey, 'base64'),
    serverKey: Buffer.from(serverKey, 'base64'),
  }
  const { keyBytes } = scramMechanisms[mechanism]
  const isRight = verifier.storedKey.byteLength === keyBytes && verifier.serverKey.byteLength === keyBytes
  return isRight && verifier.iterations > 0 ? { mechanism, verifier } : null
}

export interface ClientFirst {
  readonly user: string
  readonly nonce: string
  /** The message without its gs2 header; part of what is signed. */
  readonly bare: string
}

/** Null for anything that is no client-first message. */
export function parseClientFirst(text: string): ClientFirst | null {
  const match = /^n,(?:a=[^,]*)?,((?:m=[^,]*,)?n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/.exec(text)
  if (match === null || match[1]?.startsWith('m=') === true) return null
  const [, bare = '', name = '', nonce = ''] = match
  if (/=(?!2C|3D)/.test(name)) return null
  return { user: name.replaceAll('=2C', ',').replaceAll('=3D', '='), nonce, bare }
}

export function serverFirst(clientNonce: string, verifier: ScramVerifier, random: string): string {
  return `r=${clientNonce}${random},s=${verifier.salt.toString('base64')},i=${verifier.iterations}`
}

/** The answer to a client-final message when its proof is right, else null. */
export function serverFinal(
  mechanism: ScramMechanism,
  verifier: ScramVerifier,
  exchange: { readonly first: ClientFirst; readonly serverFirst: string; readonly clientFinal: string },
): string | null {
  const match = /^(c=([A-Za-z0-9+/=]+),r=([^,]+)(?:,.*)?),p=([A-Za-z0-9+/=]+)$/.exec(exchange.clientFinal)
  if (match === null) return null
  const [, withoutProof = '', binding = '', nonce = '', proofText = ''] = match
  const gs2 = Buffer.from(binding, 'base64').toString('latin1')
  if (!gs2.startsWith('n,') || !exchange.serverFirst.startsWith(`r=${nonce},`)) return null
  const signed = `${exchange.first.bare},${exchange.serverFirst},${withoutProof}`
  const signature = hmac(mechanism, verifier.storedKey, signed)
  const proof = Buffer.from(proofText, 'base64')
  if (proof.byteLength !== signature.byteLength) return null
  const clientKey = signature.map((byte, i) => byte ^ (proof[i] ?? 0))
  if (!timingSafeEqual(hash(mechanism, clientKey), verifier.storedKey)) return null
  return `v=${hmac(mechanism, verifier.serverKey, signed).toString('base64')}`
}
