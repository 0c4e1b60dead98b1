import { createHmac, createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#'
const digits = new Map(Array.from(alphabet, (letter, value) => [letter, value]))
const keyChars = 40

/** True for 40 characters of Z85 that stand for 32 bytes. */
export function isCurveKey(text: string): boolean {
  return text.length === keyChars && z85Decode(text) !== null
}

/** 32 bytes of a key; null when the text is none. Z85 (ZeroMQ RFC 32): five characters of base 85 carry four bytes. */
export function z85Decode(text: string): Buffer | null {
  if (text.length % 5 !== 0) return null
  const bytes = Buffer.alloc((text.length / 5) * 4)
  for (let group = 0; group < text.length; group += 5) {
    let value = 0
    for (const letter of text.slice(group, group + 5)) {
      const digit = digits.get(letter)
      if (digit === undefined) return null
      value = value * 85 + digit
    }
    if (value > 0xffffffff) return null
    bytes.writeUInt32BE(value, (group / 5) * 4)
  }
  return bytes
}

/** `bytes` has a length that is a multiple of four. */
export function z85Encode(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes)
  let text = ''
  for (let offset = 0; offset < buffer.length; offset += 4) {
    let value = buffer.readUInt32BE(offset)
    let group = ''
    for (let index = 0; index < 5; index += 1) {
      group = `${alphabet[value % 85] ?? ''}${group}`
      value = Math.floor(value / 85)
    }
    text += group
  }
  return text
}

export interface CurveKeys {
  readonly publicKey: string
  readonly secretKey: string
}

/** PKCS #8 header of a raw X25519 private key (RFC 8410). */
const x25519Header = Buffer.from('302e020100300506032b656e04220420', 'hex')

/** The public key that belongs to a secret key. null when the text is no key. */
export function publicCurveKey(secretKey: string): string | null {
  const raw = isCurveKey(secretKey) ? z85Decode(secretKey) : null
  return raw === null ? null : publicOf(raw)
}

function publicOf(raw: Buffer): string {
  const secret = createPrivateKey({ key: Buffer.concat([x25519Header, raw]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' })
  return z85Encode(spki.subarray(spki.length - 32))
}

/** A fresh pair for the control socket; both keys as 40 characters Z85. */
export function newCurveKeys(): CurveKeys {
  const raw = randomBytes(32)
  return { publicKey: publicOf(raw), secretKey: z85Encode(raw) }
}

/**
 * The pair of clients that can read the manager's own configuration, such as the gateway beside it: always the same for
 * one secret key of the manager, and admitted whatever clients are listed. null when the text is no key.
 */
export function platformClientKeys(managerSecretKey: string): CurveKeys | null {
  const raw = isCurveKey(managerSecretKey) ? z85Decode(managerSecretKey) : null
  if (raw === null) return null
  const own = createHmac('sha256', raw).update('beamtime platform client').digest()
  return { publicKey: publicOf(own), secretKey: z85Encode(own) }
}
