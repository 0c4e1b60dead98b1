import type { RunSummary } from '@beamtime/http-gateway/ui-types'
import { Link } from '@tanstack/react-router'
import { IconX } from '@tabler/icons-react'
import { useMemo, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { useControlRoom } from '../../app/use-control-room.ts'
import { useLiveRun } from '../../app/use-live-run.ts'
import { Button } from '../../parts/button.tsx'
import { Facts } from '../../parts/facts.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { Skeleton } from '../../parts/stateful.tsx'
import { Heat2D } from '../../plot/heat-2d.tsx'
import { Plot } from '../../plot/plot.tsx'
import { yTitle } from '../../run/line-panel.tsx'
import { lineSource, mapSource, primaryChoice, signalsOf } from '../../run/run-plots.ts'
import { runSeconds, runState, runTitle } from '../../run/run-words.ts'
import type { LiveRunStore } from '../../stores/live-run-store.ts'
import { formatDuration, formatMoment } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { ExportMenu } from './export-menu.tsx'
import { RepeatButton } from './repeat-button.tsx'
import { summaryFacts } from '../../run/summary-facts.ts'

export interface RunPreviewProps {
  readonly uid: string
  /** Shown until the run itself has arrived. */
  readonly summary: RunSummary | null
  readonly onClose: () => void
}

/** The selected run beside the list. */
export function RunPreview({ uid, summary, onClose }: RunPreviewProps): ReactElement {
  const run = useLiveRun(uid)
  const { serverNow } = useControlRoom()
  const snap = useStore(run.store, (view) => (view.snap?.uid === uid ? view.snap : null))
  const error = useStore(run.store, (view) => view.error)
  const shown = snap?.summary ?? summary
  const title =
    shown === null ? '' : [shown.scan_id, runTitle(shown)].filter((part) => part !== null).join(' ')
  return (
    <aside className="panel run-preview" aria-label={title}>
      <header className="panel-head">
        <h2 className="ellipsis">{title}</h2>
        <span className="grow" />
        <Button
          kind="quiet"
          isIconOnly
          label={t.runs.previewClose}
          icon={<IconX size={16} stroke={1.75} aria-hidden />}
          onPress={onClose}
        />
      </header>
      <div className="panel-body side-scroll">
        {shown === null ? (
          error === null ? (
            <Skeleton rows={6} />
          ) : (
            <p className="muted">{error}</p>
          )
        ) : (
          <>
            <div className="preview-state">
              <StateChip {...runState(shown)} />
              <span className="small muted num ellipsis">
                {formatMoment(shown.time * 1000, serverNow())} ·{' '}
                {formatDuration(runSeconds(shown, serverNow()))}
              </span>
            </div>
            {shown.reason === null || shown.reason === '' ? null : (
              <p className="small preview-reason">{shown.reason}</p>
            )}
            <PreviewPlots run={run} />
            <hr className="rule" />
            <Facts list={summaryFacts(shown, snap?.start)} />
          </>
        )}
      </div>
      <footer className="preview-foot">
        <Link to="/runs/$uid/$tab" params={{ uid, tab: 'summary' }} className="button primary">
          {t.runs.openRun}
        </Link>
        <RepeatButton start={snap?.start} label={t.runs.repeat} />
        <span className="grow" />
        <ExportMenu uid={uid} streams={snap?.streams.map((stream) => stream.name) ?? []} isIconOnly />
      </footer>
    </aside>
  )
}

function PreviewPlots({ run }: { run: LiveRunStore }): ReactElement | null {
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices))
  const uid = useStore(run.store, (view) => view.snap?.uid)
  const signals = signalsOf(choice).slice(0, choice?.kind === 'grid' ? 1 : 2)
  const sources = useMemo(
    () =>
      signals.map((signal, index) => ({
        signal,
        line: lineSource(run, { signal, colour: index * 2, isBare: true }),
        map: mapSource(run, signal, undefined),
      })),
    // eslint-disable-next-line -- signals follow from the choice of this run
    [run, uid, signals.join(' ')],
  )
  if (choice === undefined || uid === undefined) return null
  const xLabel = choice.units[choice.x] === undefined ? choice.x : `${choice.x} (${choice.units[choice.x]})`
  return (
    <>
      {sources.map(({ signal, line, map }, index) => (
        <div key={signal} className={index === 0 ? 'preview-plot' : 'preview-plot second'}>
          {choice.kind === 'grid' ? (
            <Heat2D
              source={map}
              map="viridis"
              isBare
              xLabel={xLabel}
              yLabel={choice.y ?? ''}
              zLabel={signal}
              zUnit={choice.units[signal] ?? ''}
            />
          ) : (
            <Plot source={line} xLabel={xLabel} yLabel={yTitle(signal, choice.units[signal], {})} />
          )}
        </div>
      ))}
    </>
  )
}
