import type { PlaySummary } from '@beamtime/http-gateway/ui-types'
import {
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipBack,
  IconPlayerStop,
  IconPlayerTrackNext,
} from '@tabler/icons-react'
import { useState, type ReactElement } from 'react'
import { useControlRoom, useScope } from '../../app/use-control-room.ts'
import { errorText } from '../../net/http-client.ts'
import { Button } from '../../parts/button.tsx'
import { formatNumber } from '../../text/format-number.ts'
import { formatDuration } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'

const speeds = [0.1, 1, 10, 100]
const icon = { size: 18, stroke: 1.75, 'aria-hidden': true } as const

interface PlayPartProps {
  readonly play: PlaySummary
  /** Why nothing can be changed now. */
  readonly why: string | null
  readonly onAct: (action: string, body?: unknown) => void
}

/** Buttons, speed and track of a play, as of a film. */
export function PlayControls({ play }: { readonly play: PlaySummary }): ReactElement {
  const { http, notices } = useControlRoom()
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  const isOver = play.result !== null || play.error !== null
  const why = reason ?? (isOver ? (t.streams.playState[play.progress.state] ?? '') : null)
  const act = (action: string, body: unknown = {}): void =>
    void http.post(`/plays/${play.id}/${action}`, body).catch((failure: unknown) => {
      notices.add({ state: 'bad', text: errorText(failure) })
    })
  return (
    <div className="play-controls">
      <PlayButtons play={play} why={why} onAct={act} />
      <PlaySpeed play={play} why={why} onAct={act} />
      <PlayTrack play={play} why={why} onAct={act} />
    </div>
  )
}

function PlayButtons({ play, why, onAct }: PlayPartProps): ReactElement {
  const isPaused = play.progress.state === 'paused'
  return (
    <>
      <Button
        isIconOnly
        label={t.streams.toStart}
        icon={<IconPlayerSkipBack {...icon} />}
        disabledReason={why}
        onPress={() => onAct('seek', { position: 'earliest' })}
      />
      <Button
        isIconOnly
        label={isPaused ? t.streams.resume : t.streams.pause}
        icon={isPaused ? <IconPlayerPlay {...icon} /> : <IconPlayerPause {...icon} />}
        disabledReason={why}
        onPress={() => onAct(isPaused ? 'resume' : 'pause')}
      />
      <Button
        isIconOnly
        label={t.streams.step}
        icon={<IconPlayerTrackNext {...icon} />}
        disabledReason={why ?? (isPaused ? null : t.streams.pause)}
        onPress={() => onAct('step')}
      />
      <Button
        isIconOnly
        label={t.streams.stop}
        icon={<IconPlayerStop {...icon} />}
        disabledReason={why}
        onPress={() => onAct('stop')}
      />
    </>
  )
}

function PlaySpeed({ play: { speed }, why, onAct }: PlayPartProps): ReactElement {
  const isOther = speed === null || !speeds.includes(speed)
  return (
    <select
      className="select"
      aria-label={t.streams.speed}
      value={String(speed ?? '')}
      disabled={why !== null || speed === null}
      onChange={(event) => onAct('speed', { speed: Number(event.currentTarget.value) })}
    >
      {isOther ? (
        <option value={String(speed ?? '')}>
          {speed === null ? t.streams.asFast : t.streams.timesSpeed(String(speed))}
        </option>
      ) : null}
      {speeds.map((factor) => (
        <option key={factor} value={String(factor)}>
          {t.streams.timesSpeed(String(factor))}
        </option>
      ))}
    </select>
  )
}

function PlayTrack({ play: { progress }, why, onAct }: PlayPartProps): ReactElement {
  const [dragged, setDragged] = useState<number | null>(null)
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
      <span className="num small muted nowrap">
        {formatNumber(place, { precision: 0 })} %{left}
      </span>
    </>
  )
}
