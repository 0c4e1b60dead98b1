import { Tooltip } from '@mantine/core'
import type { ReactElement } from 'react'
import { useStore } from 'zustand'
import type { StoreApi } from 'zustand/vanilla'
import { StateChip } from '../../parts/state-chip.tsx'
import { formatAge, formatDate, formatClock, formatMoment } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { useAged, useAgedText, useAges } from './beat.ts'
import type { Layer } from './layer-feed.tsx'
import type { OutputState } from './use-output.ts'

const freshMs = 3_000
const staleMs = 30_000

export type CellHealth = 'running' | 'stopped' | 'error'

export interface CellAgeProps {
  readonly store: StoreApi<OutputState>
  readonly stores: readonly Layer[]
  readonly isFrozen: boolean
  readonly health: CellHealth
  /** What the job says of itself when it failed. */
  readonly problem: string
}

/** How old the data are, written about once a second; on hover and focus the times of each layer. */
export function CellAge(props: CellAgeProps): ReactElement | null {
  const hasData = useStore(props.store, (view) => view.receivedMs !== 0)
  if (!hasData && props.health !== 'error') return null
  return (
    <Tooltip label={<LayerTimes {...props} />} events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className="cell-age">
        <AgeChip {...props} />
        <span className="hidden-text">{t.grids.times}</span>
      </button>
    </Tooltip>
  )
}

function AgeChip({ store, isFrozen, health }: CellAgeProps): ReactElement {
  const band = useAged(() => bandOf(ageOf(store)))
  if (health === 'error') return <StateChip state="bad" word={t.grids.error} />
  if (isFrozen) return <StateChip state="attention" word={t.data.frozen} />
  if (health === 'stopped') return <StateChip state="off" word={t.data.stopped} />
  return <StateChip state={band} word={<AgeText store={store} />} />
}

function AgeText({ store }: Pick<CellAgeProps, 'store'>): ReactElement {
  const textNow = (): string => {
    const ageMs = ageOf(store)
    const age = formatAge(ageMs / 1_000)
    return bandOf(ageMs) === 'good' ? t.data.fresh(age) : t.data.stale(age)
  }
  return <span className="aged" ref={useAgedText(textNow)} />
}

function ageOf(store: CellAgeProps['store']): number {
  return Math.max(0, Date.now() - store.getState().receivedMs)
}

function bandOf(ageMs: number): 'good' | 'attention' | 'bad' {
  if (ageMs < freshMs) return 'good'
  return ageMs < staleMs ? 'attention' : 'bad'
}

function LayerTimes({ stores, problem }: Pick<CellAgeProps, 'stores' | 'problem'>): ReactElement {
  useAges()
  return (
    <>
      {problem === '' ? null : <div>{problem}</div>}
      {stores.map((layer) => (
        <div key={layer.key}>{layerText(layer)}</div>
      ))}
    </>
  )
}

function layerText({ source: name, store }: Layer): string {
  const { output, receivedMs } = store.getState()
  if (output === null) return t.grids.layerWaits(name)
  const age = formatAge(Math.max(0, Date.now() - receivedMs) / 1_000)
  const to = formatMoment(output.timeMs, Date.now())
  if (output.startTimeMs === null) return t.grids.layerTime({ name, to, age })
  return t.grids.layerTimes({ name, from: formatMoment(output.startTimeMs, Date.now()), to, age })
}

/** Begin and end of what a cell shows, with the date, for its picture. */
export function timeOfData(store: StoreApi<OutputState>): string {
  const { output } = store.getState()
  if (output === null) return ''
  const to = `${formatDate(output.timeMs)} ${formatClock(output.timeMs)}`
  if (output.startTimeMs === null) return to
  const isOneDay = formatDate(output.startTimeMs) === formatDate(output.timeMs)
  return isOneDay
    ? `${formatDate(output.timeMs)} ${formatClock(output.startTimeMs)} – ${formatClock(output.timeMs)}`
    : `${formatDate(output.startTimeMs)} ${formatClock(output.startTimeMs)} – ${to}`
}
