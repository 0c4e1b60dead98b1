function pad(value: number, digits = 2): string {
  return String(value).padStart(digits, '0')
}

/** `2025-11-24T15:25:54.956818`: local time without zone, as the status carries it. */
export function isoLocalTime(unixS: number): string {
  const micros = Math.round(unixS * 1e6)
  const time = new Date(Math.floor(micros / 1000))
  const date = `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`
  return `${date}T${clock(time)}.${pad(micros % 1_000_000, 6)}`
}

/** `11/24/2025 15:25:54`, as lock texts carry it. */
export function lockLocalTime(unixS: number): string {
  const time = new Date(unixS * 1000)
  return `${pad(time.getMonth() + 1)}/${pad(time.getDate())}/${time.getFullYear()} ${clock(time)}`
}

/** `2026-01-31 12:00:00,123`, as console lines carry it. */
export function logLocalTime(unixS: number): string {
  const time = new Date(unixS * 1000)
  const date = `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`
  return `${date} ${clock(time)},${pad(time.getMilliseconds(), 3)}`
}

function clock(time: Date): string {
  return `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`
}
