import { IconPlus, IconVectorTriangle, IconX } from '@tabler/icons-react'
import { memo, useMemo, useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import type { StoreApi } from 'zustand/vanilla'
import { useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { formatCount, formatNumber } from '../../text/format-number.ts'
import { formatAge } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { useAges } from './beat.ts'
import { LayerFeed, useLayerStores } from './layer-feed.tsx'
import { followAll } from './output-kind.ts'
import { OutputPlot } from './output-plot.tsx'
import { useOutput, type OutputState } from './use-output.ts'

const freshMs = 3_000
const staleMs = 30_000

export interface OutputCellProps {
  readonly instrument: string
  /** `workflow/source/output` */
  readonly outputKey: string
  /** Further layers as text, so that a cell is drawn anew only when they change: `source\nkey`, with empty lines between. */
  readonly more: string
  readonly title: string
  readonly source: string
  readonly sub: string
  readonly isFrozen: boolean
  readonly isRunning: boolean
  /** Number of the job whose regions are drawn here; null where there are none. */
  readonly regionsOf: string | null
  readonly index: number
  readonly onRemove?: (index: number) => void
  readonly onLayer?: (index: number) => void
}

/** One output with its title, its age and its plot. */
export const OutputCell = memo(function OutputCell(props: OutputCellProps): ReactElement {
  const { instrument, outputKey, more, title, sub, source, isFrozen, regionsOf } = props
  const store = useOutput(instrument, outputKey, { isFrozen, maxRate: 5 })
  const layers = useMemo(() => layersOf(more), [more])
  const stores = useLayerStores({ key: outputKey, source, store }, layers)
  const [isLog, setLog] = useState(false)
  const [isDrawing, setDrawing] = useState(false)
  return (
    <section className="panel output-cell" aria-label={`${title}, ${sub}`}>
      {layers.map(({ key }) => (
        <LayerFeed key={key} instrument={instrument} outputKey={key} isFrozen={isFrozen} stores={stores} />
      ))}
      <CellHead
        {...props}
        store={store}
        isLog={isLog}
        onLog={setLog}
        isDrawing={isDrawing}
        onDrawing={setDrawing}
      />
      <div className="panel-body output-body">
        <OutputPlot
          instrument={instrument}
          outputKey={outputKey}
          store={store}
          stores={stores}
          isLog={isLog}
          regions={regionsOf === null ? null : { jobNumber: regionsOf, source, isDrawing }}
          scale={followAll}
          layer={null}
        />
      </div>
    </section>
  )
})

function layersOf(text: string): readonly { readonly source: string; readonly key: string }[] {
  if (text === '') return []
  return text.split('\n\n').map((pair) => {
    const [source = '', key = ''] = pair.split('\n')
    return { source, key }
  })
}

interface CellHeadProps extends OutputCellProps {
  readonly store: StoreApi<OutputState>
  readonly isLog: boolean
  readonly onLog: (on: boolean) => void
  readonly isDrawing: boolean
  readonly onDrawing: (on: boolean) => void
}

function CellHead(props: CellHeadProps): ReactElement {
  const { title, sub, store, isLog, onLog, isDrawing, onDrawing, index, onRemove, onLayer } = props
  const ndim = useStore(store, ({ output }) => output?.shape.length ?? 0)
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  return (
    <header className="panel-head">
      <h2 className="ellipsis">{title}</h2>
      <span className="sub ellipsis" title={sub}>
        {sub}
      </span>
      <span className="grow" />
      <Counts store={store} />
      <Freshness store={store} isRunning={props.isRunning} isFrozen={props.isFrozen} />
      {ndim === 2 && props.regionsOf !== null ? (
        <Button
          isCompact
          kind="quiet"
          isIconOnly
          isOn={isDrawing}
          label={t.data.regions}
          hint={t.data.regionsHelp}
          icon={<IconVectorTriangle size={14} stroke={1.75} aria-hidden />}
          disabledReason={reason}
          onPress={() => onDrawing(!isDrawing)}
        />
      ) : null}
      {ndim > 0 ? (
        <Button
          isCompact
          kind="quiet"
          isOn={isLog}
          label="log"
          hint={t.data.log}
          onPress={() => onLog(!isLog)}
        />
      ) : null}
      {onLayer === undefined || ndim !== 1 ? null : (
        <Button
          isCompact
          kind="quiet"
          isIconOnly
          label={t.data.addLayer}
          icon={<IconPlus size={14} stroke={1.75} aria-hidden />}
          onPress={() => onLayer(index)}
        />
      )}
      {onRemove === undefined ? null : (
        <Button
          isCompact
          kind="quiet"
          isIconOnly
          label={t.data.removeCell}
          icon={<IconX size={14} stroke={1.75} aria-hidden />}
          onPress={() => onRemove(index)}
        />
      )}
    </header>
  )
}

/** Sum of the counts, short; to the last event on hover. */
function Counts({ store }: { readonly store: StoreApi<OutputState> }): ReactElement | null {
  const sum = useStore(store, ({ output }) =>
    output !== null && output.unit === 'counts' && output.shape.length > 0 ? output.sum : null,
  )
  if (sum === null) return null
  return (
    <span className="sub num nowrap output-counts" title={t.data.counts(formatCount(sum))}>
      {t.data.counts(formatNumber(sum))}
    </span>
  )
}

/** How old the data are, drawn about once a second. */
function Freshness({
  store,
  isRunning,
  isFrozen,
}: {
  readonly store: StoreApi<OutputState>
  readonly isRunning: boolean
  readonly isFrozen: boolean
}): ReactElement | null {
  const hasData = useStore(store, (view) => view.receivedMs !== 0)
  useAges()
  if (!hasData) return null
  const ageMs = Math.max(0, Date.now() - store.getState().receivedMs)
  const age = formatAge(ageMs / 1_000)
  if (isFrozen) return <StateChip state="attention" word={t.data.frozen} />
  if (!isRunning) return <StateChip state="off" word={t.data.stopped} />
  if (ageMs < freshMs) return <StateChip state="good" word={t.data.fresh(age)} />
  return <StateChip state={ageMs < staleMs ? 'attention' : 'bad'} word={t.data.stale(age)} />
}
