/** A line as the queue server's worker logs it; clients cut the prefix up to `]`. Local time. */
export function queueServerLine(level: 'I' | 'W' | 'E', text: string, now = new Date()): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
  const clock = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`
  const ms = String(now.getMilliseconds()).padStart(3, '0')
  return `[${level} ${day} ${clock},${ms} bluesky_queueserver.manager.worker] ${text}\n`
}
