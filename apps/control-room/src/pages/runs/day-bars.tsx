import type { ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { formatDate, formatDay } from '../../text/format-time.ts'
import { formatCount } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { withTerms, type SearchWords } from './search-words.ts'

const shownDays = 42
const dayMs = 86_400_000

export interface DayBarsProps {
  /** `YYYY-MM-DD` with the number of runs, newest first; days without runs are left out. */
  readonly days: readonly { readonly value: string; readonly count: number }[] | undefined
  readonly words: SearchWords
  readonly onWords: (words: SearchWords) => void
}

/** Runs per day of the last six weeks; a click shows that day, the same click again all days. By keyboard: `since:` and `until:`. */
export function DayBars({ days, words, onWords }: DayBarsProps): ReactElement {
  const { serverNow } = useControlRoom()
  const now = serverNow()
  const counts = new Map((days ?? []).map(({ value, count }) => [value, count]))
  const list = Array.from({ length: shownDays }, (_, i) => now - (shownDays - 1 - i) * dayMs)
  const highest = Math.max(1, ...list.map((ms) => counts.get(formatDate(ms)) ?? 0))
  const range = chosenRange(words, now)
  const choose = (ms: number): void => {
    const from = formatDate(ms)
    const isSame = words.terms.some((term) => term.name === 'since' && term.value === from)
    const terms = isSame
      ? []
      : [
          { name: 'since', value: from },
          { name: 'until', value: formatDate(ms + dayMs) },
        ]
    onWords(withTerms(words, ['since', 'until'], terms))
  }
  return (
    <div className="day-bars">
      <div className="small muted">
        <div>{t.runs.perDay}</div>
        <div>{t.runs.sixWeeks}</div>
      </div>
      <div
        className="day-bars-bars"
        role="img"
        aria-label={t.runs.dayBars(formatCount(counts.get(formatDate(now)) ?? 0))}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect()
          const chosen = list[Math.floor(((event.clientX - box.left) / box.width) * list.length)]
          if (chosen !== undefined) choose(chosen)
        }}
      >
        {list.map((ms) => {
          const count = counts.get(formatDate(ms)) ?? 0
          const isOn = range !== null && formatDate(ms) >= range[0] && formatDate(ms) < range[1]
          return (
            <span key={ms} className={isOn ? 'on' : ''} title={t.runs.dayBar(formatDay(ms), count)}>
              <i style={{ height: count === 0 ? 1 : `${Math.max(6, (100 * count) / highest)}%` }} />
            </span>
          )
        })}
      </div>
      <div className="small">
        {range === null ? (
          <div className="muted">{t.runs.allDays}</div>
        ) : (
          <div className="day-range">{rangeText(range)}</div>
        )}
        <div className="muted num">{t.runs.today(formatCount(counts.get(formatDate(now)) ?? 0))}</div>
      </div>
    </div>
  )
}

function rangeText([from, to]: readonly [string, string]): string {
  const first = Date.parse(`${from}T12:00:00Z`)
  const last = to === open ? null : Date.parse(`${to}T12:00:00Z`) - dayMs
  if (last === null) return t.runs.sinceDay(formatDay(first))
  return t.runs.selectedDays(formatDay(first), formatDay(last))
}

const open = '9999'

/** Days that `since:` and `until:` of the search leave; null without them. */
function chosenRange(words: SearchWords, now: number): readonly [string, string] | null {
  const value = (name: string): string | undefined =>
    words.terms.findLast((term) => term.name === name)?.value
  const since = dayOf(value('since'), now)
  const until = dayOf(value('until'), now)
  if (since === null && until === null) return null
  return [since ?? '', until ?? open]
}

/** `7d`, `today` and dates. */
function dayOf(text: string | undefined, now: number): string | null {
  if (text === undefined) return null
  const ago = /^(\d+)([dwh])$/.exec(text)
  if (ago !== null) {
    const size = { d: dayMs, w: 7 * dayMs, h: 3_600_000 }[ago[2] ?? 'd'] ?? dayMs
    return formatDate(now - Number(ago[1]) * size)
  }
  if (text === 'today') return formatDate(now)
  return /^\d{4}-\d{2}-\d{2}/.test(text) ? text.slice(0, 10) : null
}
