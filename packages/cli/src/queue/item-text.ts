/** Short texts of queue items for tables and lines. */
export interface ItemLike {
  readonly name?: unknown
  readonly args?: unknown
  readonly kwargs?: unknown
  readonly item_uid?: unknown
}

/** `det, motor, -1, 1, 21, num=5`, cut at `limit` characters. */
export function argumentsText(item: ItemLike, limit = 80): string {
  const args = Array.isArray(item.args) ? item.args.map(valueText) : []
  const kwargs =
    typeof item.kwargs === 'object' && item.kwargs !== null
      ? Object.entries(item.kwargs).map(([name, value]) => `${name}=${valueText(value)}`)
      : []
  const text = [...args, ...kwargs].join(', ')
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  return JSON.stringify(value) ?? ''
}

/** The first eight characters are enough for a person. */
export function shortUid(uid: unknown): string {
  return typeof uid === 'string' ? uid.slice(0, 8) : ''
}

export function localTime(seconds: unknown): string {
  if (typeof seconds !== 'number') return ''
  const time = new Date(seconds * 1_000)
  const two = (value: number): string => String(value).padStart(2, '0')
  return (
    `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ` +
    `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
  )
}
