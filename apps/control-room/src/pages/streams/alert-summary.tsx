import type { AlertDetail, MessageDetail } from '@beamtime/http-gateway/ui-types'
import type { ReactElement } from 'react'
import { Facts } from '../../parts/facts.tsx'
import { Figure } from '../../parts/figure.tsx'
import { formatCount } from '../../text/format-number.ts'
import { formatIso } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { Stamp } from './alert-stamp.tsx'
import { LightCurve } from './light-curve.tsx'
import { Size } from './messages-view.tsx'

/** An alert as an astronomer reads it: how bright, what it looks like, how it changed. */
export function AlertSummary({
  detail,
  alert,
}: {
  readonly detail: MessageDetail
  readonly alert: AlertDetail
}): ReactElement {
  return (
    <>
      <div className="alert-figures">
        <Figure label={t.streams.magnitude(alert.band ?? '–')} unit="mag">
          {alert.mag === null ? '–' : alert.mag.toFixed(2)}
        </Figure>
        <Figure label={t.streams.score}>{alert.score === null ? '–' : alert.score.toFixed(2)}</Figure>
        <Figure label={t.streams.firstSeen} unit={t.streams.daysAgo}>
          {alert.firstSeenDays === null ? '–' : alert.firstSeenDays.toFixed(1)}
        </Figure>
      </div>
      {alert.stamps.length === 0 ? null : (
        <div className="alert-stamps">
          {alert.stamps.map((stamp) => (
            <Stamp key={stamp.name} stamp={stamp} hasName />
          ))}
        </div>
      )}
      {alert.lightCurve.length < 2 ? null : <LightCurve points={alert.lightCurve} />}
      <Facts
        list={[
          { name: t.streams.position, value: <span className="num">{positionText(alert)}</span> },
          {
            name: t.streams.taken,
            value: <span className="num">{alert.takenMs === null ? '–' : takenText(alert.takenMs)}</span>,
          },
          { name: t.streams.offset, value: formatCount(detail.offset) },
          { name: t.streams.size, value: <Size bytes={detail.bytes} /> },
          { name: t.streams.earlier, value: formatCount(alert.historyLength) },
        ]}
      />
    </>
  )
}

function takenText(ms: number): string {
  const isPlausible = ms > 0 && ms < 4e12
  return isPlausible ? formatIso(ms) : '–'
}

/** Right ascension in hours and declination in degrees. */
export function positionText({ raDeg, decDeg }: Pick<AlertDetail, 'raDeg' | 'decDeg'>): string {
  if (raDeg === null || decDeg === null) return '–'
  const hours = sexagesimal(raDeg / 15, 2)
  const degrees = sexagesimal(Math.abs(decDeg), 1)
  const sign = decDeg < 0 ? '−' : '+'
  return `${hours[0]}h ${hours[1]}m ${hours[2]}s, ${sign}${degrees[0]}° ${degrees[1]}′ ${degrees[2]}″`
}

function sexagesimal(value: number, digits: number): readonly [string, string, string] {
  const unit = 10 ** digits
  const seconds = Math.round(value * 3_600 * unit) / unit
  const whole = Math.floor(seconds / 3_600)
  const minutes = Math.floor((seconds - whole * 3_600) / 60)
  const rest = seconds - whole * 3_600 - minutes * 60
  const pad = (number: number): string => String(number).padStart(2, '0')
  return [pad(whole), pad(minutes), rest.toFixed(digits).padStart(digits + 3, '0')]
}
