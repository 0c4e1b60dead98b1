/** Formats in the facility's time zone; formatters are cached because making one is slow. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(zone: string, kind: 'clock' | 'minute' | 'date' | 'day' | 'offset'): Intl.DateTimeFormat {
  const key = `${zone} ${kind}`
  let made = formatters.get(key)
  if (made === undefined) {
    made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...parts[kind] })
    formatters.set(key, made)
  }
  return made
}

const parts = {
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  minute: { hour: '2-digit', minute: '2-digit' },
  date: { year: 'numeric', month: '2-digit', day: '2-digit' },
  day: { day: 'numeric', month: 'short' },
  offset: { timeZoneName: 'longOffset' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

let zone = 'UTC'

/** Set once from bootstrap. An unknown zone is replaced by the browser's own. */
export function setZone(name: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    zone = name
  } catch {
    zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  }
}

/** `2026-11-20` in the facility's zone. */
export function formatDate(ms: number): string {
  const found = Object.fromEntries(
    formatter(zone, 'date')
      .formatToParts(ms)
      .map((part) => [part.type, part.value]),
  )
  return `${found['year']}-${found['month']}-${found['day']}`
}

/** `14:21:07`. */
export function formatClock(ms: number): string {
  return formatter(zone, 'clock').format(ms)
}

/** `14:21`, with the date in front when it is not today. */
export function formatMinute(ms: number, nowMs: number): string {
  const time = formatter(zone, 'minute').format(ms)
  const date = formatDate(ms)
  return date === formatDate(nowMs) ? time : `${date} ${time}`
}

/** `14:21:07`, with the date in front when it is not today. */
export function formatMoment(ms: number, nowMs: number): string {
  const date = formatDate(ms)
  return date === formatDate(nowMs) ? formatClock(ms) : `${date} ${formatClock(ms)}`
}

/** For narrow tables: `14:21` today, else `20 Nov 14:21`, with the year when it is another one. */
export function formatShortMoment(ms: number, nowMs: number): string {
  const [date, today] = [formatDate(ms), formatDate(nowMs)]
  if (date === today) return formatMinute(ms, nowMs)
  return date.slice(0, 4) === today.slice(0, 4)
    ? `${formatDay(ms)} ${formatter(zone, 'minute').format(ms)}`
    : date
}

/** `21 Nov`. */
export function formatDay(ms: number): string {
  return formatter(zone, 'day').format(ms)
}

/** ISO 8601 with the facility's offset, for hover texts: `2026-11-20T14:21:07.118+01:00`. */
export function formatIso(ms: number): string {
  const offset =
    formatter(zone, 'offset')
      .formatToParts(ms)
      .find((part) => part.type === 'timeZoneName')
      ?.value.replace('GMT', '') ?? ''
  const fraction = String(Math.floor(((ms % 1000) + 1000) % 1000)).padStart(3, '0')
  return `${formatDate(ms)}T${formatClock(ms)}.${fraction}${offset === '' ? 'Z' : offset}`
}

/** `3.2 s`, `45 s`, `5 min`, `2 h 10`, `12 d 4 h`: two parts at most, unit after a no-break space. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–'
  const s = Math.max(0, seconds)
  if (s < 0.9995) return `${Math.round(s * 1000)}\u00a0ms`
  if (s < 9.95) return `${s.toFixed(1)}\u00a0s`
  if (s < 90) return `${Math.round(s)}\u00a0s`
  const minutes = Math.round(s / 60)
  if (minutes < 90) return `${minutes}\u00a0min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours}\u00a0h\u00a0${String(minutes % 60).padStart(2, '0')}`
  return `${Math.floor(hours / 24)}\u00a0d\u00a0${hours % 24}\u00a0h`
}

/** Ages below a second in tenths, at least one: `0.1 s`. */
export function formatAge(seconds: number): string {
  return seconds < 0.95 ? `${Math.max(0.1, seconds).toFixed(1)}\u00a0s` : formatDuration(seconds)
}

/** Estimates carry a tilde. */
export function formatEstimate(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined || !Number.isFinite(seconds)
    ? '–'
    : `~${formatDuration(seconds)}`
}
