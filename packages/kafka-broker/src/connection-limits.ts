import type { SaslSession } from './security/sasl-session.ts'

/** Requests of one connection that may be under way, and their bytes; the socket is not read beyond it. */
export const maxPending = 1_024
export const maxPendingBytes = 33_554_432
/** Small frames share memory, as Node does it. */
export const pooledBytes = 2_048
/** Unsent answers; the socket is not read beyond it. */
export const maxUnsentBytes = 33_554_432
/** A client that has begun a request has to go on with it. */
export const stalledFrameMs = 30_000
/** What a client may ask before it has logged in: SaslHandshake, ApiVersions, SaslAuthenticate. */
export const loginApis: ReadonlySet<number> = new Set([17, 18, 36])

/** Smallest request: key, version, correlation id and a null client id. */
const minRequestBytes = 8
/** Before a client has logged in. */
const maxLoginBytes = 524_288

export function needsLogin(sasl: SaslSession | null): boolean {
  return sasl !== null && sasl.user === null
}

/** How large a request may be, and how small. */
export function frameLimits(
  sasl: SaslSession | null,
  maxRequestBytes: number,
): { readonly minBytes: number; readonly maxBytes: number } {
  if (!needsLogin(sasl)) return { minBytes: minRequestBytes, maxBytes: maxRequestBytes }
  return { minBytes: sasl?.takesRawTokens === true ? 1 : minRequestBytes, maxBytes: maxLoginBytes }
}
