import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Compares in a time that does not depend on where the texts differ. */
export function secretsEqual(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b))
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** 32 random bytes as URL-safe base64. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}
