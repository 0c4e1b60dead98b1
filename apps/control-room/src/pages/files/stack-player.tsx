import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'
import { numbersQuery, type DatasetPlace } from './use-h5.ts'

export interface StackPlayerProps extends DatasetPlace {
  readonly file: string
  readonly frame: number
  readonly frames: number
  /** The chosen frame has arrived and is on the screen. */
  readonly isShown: boolean
  readonly selectionOf: (frame: number) => string
  readonly onFrame: (frame: number) => void
}

const rates = [1, 2, 5, 10, 20, 30] as const
/** Frames that are asked for before their turn. */
const ahead = 3

/** Slider, steps and play of a stack of frames; no frame is left out when they come slower than asked for. */
export function StackPlayer(props: StackPlayerProps): ReactElement {
  const { file, path, entity, frame, frames, isShown, selectionOf, onFrame } = props
  const { http } = useControlRoom()
  const queries = useQueryClient()
  const [isPlaying, setPlaying] = useState(false)
  const [perSecond, setPerSecond] = useState<number>(10)
  useEffect(() => {
    if (!isPlaying || !isShown) return undefined
    for (let next = frame + 1; next <= Math.min(frame + ahead, frames - 1); next += 1)
      void queries.prefetchQuery(
        numbersQuery(http, { file, dataset: { path, entity }, selection: selectionOf(next) }),
      )
    const timer = setTimeout(() => onFrame((frame + 1) % frames), 1_000 / perSecond)
    return () => clearTimeout(timer)
  })
  return (
    <div className="stack-player num">
      <Button
        isCompact
        isIconOnly
        isOn={isPlaying}
        label={isPlaying ? t.files.pause : t.files.play}
        icon={
          isPlaying ? <IconPlayerPause size={16} aria-hidden /> : <IconPlayerPlay size={16} aria-hidden />
        }
        onPress={() => setPlaying(!isPlaying)}
      />
      <select
        className="select compact"
        aria-label={t.files.rate}
        value={perSecond}
        onChange={(event) => setPerSecond(Number(event.currentTarget.value))}
      >
        {rates.map((rate) => (
          <option key={rate} value={rate}>
            {t.files.perSecond(rate)}
          </option>
        ))}
      </select>
      <input
        type="range"
        className="play-track"
        aria-label={t.files.frameLabel}
        min={0}
        max={frames - 1}
        value={frame}
        onChange={(event) => {
          setPlaying(false)
          onFrame(Number(event.currentTarget.value))
        }}
      />
      <span>{t.files.frame(frame, frames)}</span>
    </div>
  )
}
