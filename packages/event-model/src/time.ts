/* The four clocks of the platform, and the only place where one becomes another.
 * Documents use float seconds since 1970, Kafka milliseconds, event streams and detector frames nanoseconds,
 * EPICS Channel Access seconds since 1990-01-01. */

declare const base: unique symbol

/** Float seconds since 1970-01-01 UTC: the time of event documents. */
export type UnixSeconds = number & { readonly [base]: 'unix-s' }
/** Milliseconds since 1970-01-01 UTC: Kafka, JavaScript. */
export type UnixMs = number & { readonly [base]: 'unix-ms' }
/** Nanoseconds since 1970-01-01 UTC: event streams, detector frames. */
export type UnixNs = bigint & { readonly [base]: 'unix-ns' }
/** Float seconds since 1990-01-01 UTC: Channel Access. */
export type EpicsSeconds = number & { readonly [base]: 'epics-s' }

/** 1990-01-01T00:00:00Z in UNIX seconds (EPICS `POSIX_TIME_AT_EPICS_EPOCH`). */
const epicsEpochUnixSeconds = 631_152_000
const nsPerSecond = 1_000_000_000n

/** Says that a plain number is float seconds since 1970. No conversion. */
export function unixSeconds(value: number): UnixSeconds {
  return value as UnixSeconds
}

/** Says that a plain number is milliseconds since 1970. No conversion. */
export function unixMs(value: number): UnixMs {
  return value as UnixMs
}

/** Says that a bigint is nanoseconds since 1970. No conversion. */
export function unixNs(value: bigint): UnixNs {
  return value as UnixNs
}

/** Says that a plain number is float seconds since 1990. No conversion. */
export function epicsSeconds(value: number): EpicsSeconds {
  return value as EpicsSeconds
}

/** Seconds to milliseconds; keeps the fraction. */
export function unixMsFromSeconds(seconds: UnixSeconds): UnixMs {
  return unixMs(seconds * 1000)
}

/** Milliseconds to seconds. */
export function unixSecondsFromMs(ms: UnixMs): UnixSeconds {
  return unixSeconds(ms / 1000)
}

/** Nanoseconds to float seconds. A float64 resolves about 0.2 µs at today's date. */
export function unixSecondsFromNs(ns: UnixNs): UnixSeconds {
  const whole = ns / nsPerSecond
  return unixSeconds(Number(whole) + Number(ns - whole * nsPerSecond) / 1e9)
}

/** Float seconds to nanoseconds, rounded. Throws RangeError when the value is not finite. */
export function unixNsFromSeconds(seconds: UnixSeconds): UnixNs {
  const whole = Math.floor(seconds)
  return unixNs(BigInt(whole) * nsPerSecond + BigInt(Math.round((seconds - whole) * 1e9)))
}

/** Nanoseconds to milliseconds, cut to whole ones (Kafka timestamps are integers). */
export function unixMsFromNs(ns: UnixNs): UnixMs {
  return unixMs(Number(ns / 1_000_000n))
}

/** Milliseconds to nanoseconds, rounded. Throws RangeError when the value is not finite. */
export function unixNsFromMs(ms: UnixMs): UnixNs {
  const whole = Math.floor(ms)
  return unixNs(BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6)))
}

/** Channel Access seconds to UNIX seconds. */
export function unixSecondsFromEpics(seconds: EpicsSeconds): UnixSeconds {
  return unixSeconds(seconds + epicsEpochUnixSeconds)
}

/** UNIX seconds to Channel Access seconds. */
export function epicsSecondsFromUnix(seconds: UnixSeconds): EpicsSeconds {
  return epicsSeconds(seconds - epicsEpochUnixSeconds)
}

let anchorMs = performance.timeOrigin

/** The current time, in microsecond steps. Follows the system clock: a jump or drift of more than 2 ms is taken over. */
export function unixSecondsNow(): UnixSeconds {
  const fine = anchorMs + performance.now()
  const coarse = Date.now()
  if (Math.abs(fine - coarse) <= 2) return unixSeconds(fine / 1000)
  anchorMs = coarse - performance.now()
  return unixSeconds(coarse / 1000)
}
