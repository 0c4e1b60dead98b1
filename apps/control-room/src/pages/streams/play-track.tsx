import type { PlaySummary, RecordingDetail, RecordingMark } from '@beamtime/http-gateway/ui-types'
import { Tooltip } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { formatNumber } from '../../text/format-number.ts'
import { formatDuration, formatIso } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'

export interface PlayTrackProps {
  readonly play: PlaySummary
  /** Why nothing can be changed now. */
  readonly why: string | null
  readonly onAct: (action: string, body?: unknown) => void
}

/** Runs beyond these stand too close to be told apart. */
const maxMarks = 120

/** Where a play is, to be dragged; runs and gaps of the recording above it. */
export function PlayTrack({ play, why, onAct }: PlayTrackProps): ReactElement {
  const { progress, source } = play
  const [dragged, setDragged] = useState<number | null>(null)
  const marks = useMarks(source)
  const place = dragged ?? progress.position.pct ?? 0
  const seek = (): void => {
    if (dragged !== null) onAct('seek', { position: `${dragged.toFixed(1)}%` })
    setDragged(null)
  }
  const left =
    why !== null || progress.etaMs === null
      ? ''
      : ` · ${t.streams.eta(formatDuration(progress.etaMs / 1_000))}`
  return (
    <>
      <div className="play-track-box">
        {marks.length === 0 ? null : (
          <TrackMarks marks={marks} why={why} onSeek={(position) => onAct('seek', { position })} />
        )}
        <input
          type="range"
          className="play-track"
          aria-label={t.streams.seek}
          min={0}
          max={100}
          step={0.1}
          value={place}
          disabled={why !== null}
          onChange={(event) => setDragged(Number(event.currentTarget.value))}
          onPointerUp={seek}
          onKeyUp={seek}
        />
      </div>
      <span className="num small muted nowrap">
        {formatNumber(place, { precision: 0 })} %{left}
      </span>
    </>
  )
}

/** Of a recording; a topic that is played has none. */
function useMarks(source: string): readonly RecordingMark[] {
  const { http } = useControlRoom()
  const found = useQuery({
    queryKey: ['recording', source],
    queryFn: ({ signal }) => http.get<RecordingDetail>(`/recordings/${encodeURIComponent(source)}`, signal),
    enabled: !source.startsWith('topic:'),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  return shownMarks(found.data?.marks ?? []).slice(0, maxMarks)
}

interface TrackMarksProps {
  readonly marks: readonly RecordingMark[]
  readonly why: string | null
  readonly onSeek: (position: string) => void
}

function TrackMarks({ marks, why, onSeek }: TrackMarksProps): ReactElement {
  return (
    <div className="track-marks" role="group" aria-label={t.streams.runsOnTrack}>
      {spansOf(marks).map(({ fromPct, toPct, uid }) => (
        <span
          key={`run ${uid}`}
          className="track-run"
          style={{ left: `${fromPct}%`, width: `${Math.max(0.3, toPct - fromPct)}%` }}
        />
      ))}
      {marks.map((mark, index) => {
        const text = markText(mark)
        const style = { left: `${mark.pct}%` }
        return (
          <Tooltip key={`${mark.kind} ${mark.uid ?? ''} ${index}`} label={text}>
            {mark.kind === 'start' && mark.uid !== null ? (
              <button
                type="button"
                className="track-mark start"
                style={style}
                aria-label={text}
                disabled={why !== null}
                onClick={() => onSeek(`run:${mark.uid}`)}
              />
            ) : (
              <span className={`track-mark ${mark.kind}`} style={style} role="img" aria-label={text} />
            )}
          </Tooltip>
        )
      })}
    </div>
  )
}

/** Without the breaks between runs: nothing is missed there. */
export function shownMarks(marks: readonly RecordingMark[]): readonly RecordingMark[] {
  const spans = spansOf(marks)
  if (spans.length === 0) return marks
  const isWithin = ({ pct }: RecordingMark): boolean =>
    spans.some(({ fromPct, toPct }) => pct > fromPct && pct < toPct)
  return marks.filter((mark) => mark.kind !== 'gap' || isWithin(mark))
}

interface RunSpan {
  readonly uid: string
  readonly fromPct: number
  readonly toPct: number
}

/** From the start of each run to its stop; one without a stop goes on to the next start, or to the end. */
export function spansOf(marks: readonly RecordingMark[]): readonly RunSpan[] {
  const starts = marks.filter(({ kind }) => kind === 'start')
  return starts.map(({ uid, pct }, index) => {
    const stop = marks.find((mark) => mark.kind === 'stop' && mark.uid === uid)
    return { uid: uid ?? '', fromPct: pct, toPct: stop?.pct ?? starts[index + 1]?.pct ?? 100 }
  })
}

function markText({ kind, ts, label, durationMs }: RecordingMark): string {
  switch (kind) {
    case 'start':
      return t.streams.runStarts(label, formatIso(ts))
    case 'stop':
      return t.streams.runStops(label, formatIso(ts))
    case 'gap':
      return t.streams.gap(formatDuration(durationMs / 1_000), formatIso(ts))
  }
}
