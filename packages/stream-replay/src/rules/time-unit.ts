import { usage } from '../error.ts'

export const timeUnits = ['mjd', 'jd', 's', 'ms', 'us', 'ns'] as const
export type TimeUnit = (typeof timeUnits)[number]

const unitsPerMs: Readonly<Record<TimeUnit, number>> = {
  mjd: 1 / 86_400_000,
  jd: 1 / 86_400_000,
  s: 1 / 1_000,
  ms: 1,
  us: 1_000,
  ns: 1_000_000,
}

/** A path with its unit: `diaSource.midpointMjdTai@mjd`. Without one, names with "mjd", "Tai" or "jd" hold days. Throws REPLAY_USAGE. */
export function timePath(text: string): { readonly path: string; readonly unit: TimeUnit } {
  const at = text.lastIndexOf('@')
  const path = at < 0 ? text : text.slice(0, at)
  const given = at < 0 ? null : text.slice(at + 1)
  const name = path.slice(path.lastIndexOf('.') + 1)
  const unit = given === null ? unitOfName(name) : timeUnits.find((one) => one === given)
  if (unit !== undefined && path !== '') return { path, unit }
  throw usage(`the unit of ${text} cannot be told`, `Write PATH@UNIT with one of ${timeUnits.join(', ')}.`)
}

function unitOfName(name: string): TimeUnit | undefined {
  if (/mjd|midPointTai/i.test(name)) return 'mjd'
  if (/^jd$|_jd$|jd_/i.test(name)) return 'jd'
  return timeUnits.find((unit) => name.endsWith(`_${unit}`))
}

/** A time moved by some milliseconds, in its own unit; integers stay integers. */
export function shiftedTime(value: number | bigint, unit: TimeUnit, deltaMs: number): number | bigint {
  if (typeof value === 'bigint') return value + BigInt(Math.round(deltaMs * unitsPerMs[unit]))
  const moved = value + deltaMs * unitsPerMs[unit]
  return Number.isInteger(value) && unit !== 'mjd' && unit !== 'jd' && unit !== 's'
    ? Math.round(moved)
    : moved
}
