import { unixSeconds, type UnixSeconds } from '@beamtime/event-model'

const unitSeconds: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 }

/** A moment as people write it: `7d` (ago; m, h, d, w), `today`, `yesterday`, `2026`, `2026-11-21 14:22:05` (local zone, any
 * part from the right may be left out), UNIX seconds from 10^8. null when it is none of these. */
export function parseMoment(text: string, now: UnixSeconds): UnixSeconds | null {
  const ago = /^(\d{1,6}(?:\.\d{1,3})?)([mhdw])$/.exec(text)
  if (ago) return unixSeconds(now - Number(ago[1]) * (unitSeconds[ago[2] ?? 'd'] ?? 0))
  if (text === 'today' || text === 'yesterday') return dayStart(now, text === 'today' ? 0 : 1)
  if (/^\d{9,11}(?:\.\d+)?$/.test(text)) return unixSeconds(Number(text))
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(text)) {
    const ms = Date.parse(text)
    return Number.isNaN(ms) ? null : unixSeconds(ms / 1000)
  }
  return localMoment(text)
}

function dayStart(now: UnixSeconds, daysAgo: number): UnixSeconds {
  const day = new Date(now * 1000)
  day.setHours(0, 0, 0, 0)
  day.setDate(day.getDate() - daysAgo)
  return unixSeconds(day.getTime() / 1000)
}

const parts = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?)?)?)?$/

function localMoment(text: string): UnixSeconds | null {
  const match = parts.exec(text)
  if (!match) return null
  const at = (i: number, missing: number): number => (match[i] === undefined ? missing : Number(match[i]))
  const month = at(2, 1)
  const day = at(3, 1)
  if (month < 1 || month > 12 || day < 1 || day > 31) return null
  return unixSeconds(new Date(at(1, 0), month - 1, day, at(4, 0), at(5, 0), at(6, 0)).getTime() / 1000)
}
