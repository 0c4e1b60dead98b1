import type { ReactElement } from 'react'
import { Button } from '../../parts/button.tsx'
import { StateGlyph } from '../../parts/state-glyph.tsx'
import { formatCount } from '../../text/format-number.ts'
import { formatClock } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { useSeenLosses } from './seen-losses.ts'

/** Lost packets: in the colour of attention until somebody has seen them. */
export function LostFigure({
  id,
  lost,
  isReadOnly = false,
}: {
  readonly id: string
  readonly lost: number
  /** On a wall, where nobody can press. */
  readonly isReadOnly?: boolean
}): ReactElement {
  const { isNew, atMs, acknowledge } = useSeenLosses(id, lost)
  return (
    <div className={`figure-block${isNew ? ' warned' : ''}`}>
      <div className="figure-label">
        {isNew ? <StateGlyph state="attention" /> : null}
        {` ${t.detectors.lost}${isNew && atMs !== null ? `, ${formatClock(atMs)}` : ''}`}
      </div>
      <div className="figure">
        {formatCount(lost)}
        {isNew && !isReadOnly ? <Button isCompact label={t.detectors.seen} onPress={acknowledge} /> : null}
      </div>
    </div>
  )
}
