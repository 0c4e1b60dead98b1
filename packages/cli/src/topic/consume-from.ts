import type { TailFrom } from '@beamtime/bus'
import { CliError } from '../error.ts'

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `earliest`, `latest`, an offset, `-N` (the last N), `10m` (so long ago), or a date and time. */
export function consumeFrom(text: string, nowMs: number): TailFrom {
  if (text === 'earliest' || text === 'latest') return text
  if (/^\d{1,18}$/.test(text)) return { offset: BigInt(text) }
  if (/^-\d{1,9}$/.test(text)) return { last: Number(text.slice(1)) }
  const ago = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text)
  if (ago !== null) return { timestampMs: nowMs - Number(ago[1]) * (unitsMs[ago[2] ?? 's'] ?? 0) }
  const timeMs = Date.parse(text)
  if (/^\d{4}-/.test(text) && !Number.isNaN(timeMs)) return { timestampMs: timeMs }
  throw new CliError({
    code: 'CLI_USAGE',
    message: `--from ${text} is no place in a topic`,
    remedy: 'give earliest, latest, an offset, -N, 10m, or a time such as 2026-01-31T12:00:00',
  })
}
