/** A float as Python's repr has it: `0.0`, `37.000004`, `1e-06`. */
export function pythonFloat(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return `${Object.is(value, -0) ? '-0' : value}.0`
  if (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e16) return String(value)
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
}

/** A local time as Python's str(datetime) has it: microseconds only when there are any. */
export function pythonLocalTime(unixMs: number): string {
  const date = new Date(unixMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  const ms = date.getMilliseconds()
  return `${day} ${time}${ms === 0 ? '' : `.${String(ms).padStart(3, '0')}000`}`
}
