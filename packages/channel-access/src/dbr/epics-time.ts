/** A time stamp as records carry it: seconds since 1990-01-01 UTC and nanoseconds. Both 0: the record was never processed. */
export interface EpicsTime {
  readonly epicsSeconds: number
  readonly nanoseconds: number
}

/** 1990-01-01T00:00:00Z in UNIX seconds (EPICS POSIX_TIME_AT_EPICS_EPOCH). */
const epochUnixSeconds = 631_152_000

/** Float seconds since 1970; a float64 resolves about 0.2 µs at today's date. */
export function unixSecondsOf(time: EpicsTime): number {
  return time.epicsSeconds + epochUnixSeconds + time.nanoseconds / 1e9
}

/** Nanoseconds since 1970, exact. */
export function unixNsOf(time: EpicsTime): bigint {
  return BigInt(time.epicsSeconds + epochUnixSeconds) * 1_000_000_000n + BigInt(time.nanoseconds)
}

/** The EPICS time of milliseconds since 1970. */
export function epicsTimeOfUnixMs(unixMs: number): EpicsTime {
  const seconds = Math.floor(unixMs / 1000)
  return {
    epicsSeconds: Math.max(0, seconds - epochUnixSeconds) >>> 0,
    nanoseconds: Math.round((unixMs - seconds * 1000) * 1e6) % 1_000_000_000,
  }
}
