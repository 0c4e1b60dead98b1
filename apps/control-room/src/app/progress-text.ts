import type { LiveStatus } from '@beamtime/http-gateway/ui-types'
import { formatCount } from '../text/format-number.ts'
import { formatDuration, formatMinute } from '../text/format-time.ts'
import { t } from '../text/text.ts'

/** State of the status store; the texts here are written to the page without React. */
export type StatusHolder = { readonly status: LiveStatus | null }

/** 0 to 1, null when it is not known. */
export function fractionOf({ status }: StatusHolder): number | null {
  const progress = status?.progress
  if (progress === null || progress === undefined) return null
  const { fraction, n, total } = progress
  return fraction ?? (typeof total === 'number' && total > 0 ? n / total : null)
}

/** `64 / 101`. */
export function countText({ status }: StatusHolder): string {
  const progress = status?.progress
  if (progress === null || progress === undefined) return '–'
  const { n, total } = progress
  return typeof total === 'number' ? `${formatCount(n)} / ${formatCount(total)}` : formatCount(n)
}

export function percentText(holder: StatusHolder): string {
  const fraction = fractionOf(holder)
  return fraction === null ? '' : `${Math.floor(fraction * 100)} %`
}

/** `ends 14:26` and ` (4 min)`; a tilde while the estimate rests on few points; nothing while paused. */
export function endText({ status }: StatusHolder, nowMs: number): readonly [string, string] {
  const { eta, approximate } = status?.progress ?? {}
  if (typeof eta !== 'number' || status?.manager_state === 'paused') return ['', '']
  const tilde = approximate === true ? '~' : ''
  const left = formatDuration(Math.max(0, (eta - nowMs) / 1000))
  return [t.stateLine.ends(`${tilde}${formatMinute(eta, nowMs)}`), ` (${tilde}${left})`]
}
