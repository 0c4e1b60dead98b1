import type { PlaySummary } from '@beamtime/http-gateway/ui-types'
import {
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipBack,
  IconPlayerStop,
  IconPlayerTrackNext,
} from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { useControlRoom, useScope } from '../../app/use-control-room.ts'
import { errorText } from '../../net/http-client.ts'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'
import { PlayTrack, type PlayTrackProps } from './play-track.tsx'

const speeds = [0.1, 1, 10, 100]
const icon = { size: 18, stroke: 1.75, 'aria-hidden': true } as const

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

function PlayButtons({ play, why, onAct }: PlayTrackProps): ReactElement {
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

function PlaySpeed({ play: { speed }, why, onAct }: PlayTrackProps): ReactElement {
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
