import { IconX } from '@tabler/icons-react'
import { useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import type { StoreApi } from 'zustand/vanilla'
import { useNow } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { formatCount, formatNumber } from '../../text/format-number.ts'
import { formatAge } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { OutputPlot } from './output-plot.tsx'
import { useOutput, type OutputState } from './use-output.ts'

const freshMs = 3_000
const staleMs = 30_000

export interface OutputCellProps {
  readonly instrument: string
  /** `workflow/source/output` */
  readonly outputKey: string
  readonly title: string
  readonly sub: string
  readonly isFrozen: boolean
  readonly isRunning: boolean
  readonly onRemove?: () => void
}

/** One output with its title, its age and its plot. */
export function OutputCell(props: OutputCellProps): ReactElement {
  const { instrument, outputKey, title, sub, isFrozen, isRunning, onRemove } = props
  const store = useOutput(instrument, outputKey, { isFrozen, maxRate: 5 })
  const [isLog, setLog] = useState(false)
  const hasScale = useStore(store, ({ output }) => (output?.shape.length ?? 0) > 0)
  const sum = useStore(store, ({ output }) =>
    output !== null && output.unit === 'counts' && output.shape.length > 0 ? output.sum : null,
  )
  return (
    <section className="panel output-cell" aria-label={`${title}, ${sub}`}>
      <header className="panel-head">
        <h2 className="ellipsis">{title}</h2>
        <span className="sub ellipsis">{sub}</span>
        <span className="grow" />
        {sum === null ? null : (
          <span className="sub num nowrap output-counts" title={t.data.counts(formatCount(sum))}>
            {t.data.counts(formatNumber(sum))}
          </span>
        )}
        <Freshness store={store} isRunning={isRunning} isFrozen={isFrozen} />
        {hasScale ? (
          <Button
            isCompact
            kind="quiet"
            isOn={isLog}
            label="log"
            hint={t.data.log}
            onPress={() => setLog(!isLog)}
          />
        ) : null}
        {onRemove === undefined ? null : (
          <Button
            isCompact
            kind="quiet"
            isIconOnly
            label={t.data.removeCell}
            icon={<IconX size={14} stroke={1.75} aria-hidden />}
            onPress={onRemove}
          />
        )}
      </header>
      <div className="panel-body output-body">
        <OutputPlot instrument={instrument} outputKey={outputKey} store={store} isLog={isLog} />
      </div>
    </section>
  )
}

function Freshness({
  store,
  isRunning,
  isFrozen,
}: {
  readonly store: StoreApi<OutputState>
  readonly isRunning: boolean
  readonly isFrozen: boolean
}): ReactElement | null {
  const received = useStore(store, (view) => view.receivedMs)
  useNow()
  if (received === 0) return null
  const ageMs = Math.max(0, Date.now() - received)
  const age = formatAge(ageMs / 1_000)
  if (isFrozen) return <StateChip state="attention" word={t.data.frozen} />
  if (!isRunning) return <StateChip state="off" word={t.data.stopped} />
  if (ageMs < freshMs) return <StateChip state="good" word={t.data.fresh(age)} />
  return <StateChip state={ageMs < staleMs ? 'attention' : 'bad'} word={t.data.stale(age)} />
}
