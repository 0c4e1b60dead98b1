import type { PlaySummary } from '@beamtime/http-gateway/ui-types'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { HttpError } from '../../net/http-client.ts'
import { Segments } from '../../parts/segments.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { t } from '../../text/text.ts'
import { ActionDialog } from './topic-dialogs.tsx'

const speeds = ['1', '10', '100', 'asap'] as const

/** How a recording is played, and to where. */
export function PlayDialog({
  source,
  onClose,
}: {
  readonly source: string
  readonly onClose: () => void
}): ReactElement {
  const { http } = useControlRoom()
  const navigate = useNavigate()
  const [prefix, setPrefix] = useState('replay.')
  const [speed, setSpeed] = useState<(typeof speeds)[number]>('1')
  const [loop, setLoop] = useState('1')
  const [shift, setShift] = useState<'none' | 'now'>('now')
  return (
    <ActionDialog
      title={t.streams.playTitle}
      action={t.streams.startPlay}
      onClose={onClose}
      onAct={async () => {
        const options = {
          source,
          ...(prefix === '' ? {} : { prefix }),
          ...(speed === 'asap' ? { asap: true } : { speed }),
          loop,
          shift,
        }
        const start = (more: object): Promise<PlaySummary> => http.post('/plays', { ...options, ...more })
        const play = await start({}).catch((failure: unknown) => {
          const isMissing = failure instanceof HttpError && failure.body['code'] === 'REPLAY_TOPIC_UNKNOWN'
          if (!isMissing) throw failure
          return start({ create: true })
        })
        await navigate({ to: '/streams/play', search: { play: play.id } })
      }}
    >
      <TextField label={t.streams.source} value={source} readOnly />
      <TextField
        label={t.streams.prefix}
        help={t.streams.prefixHelp}
        value={prefix}
        data-autofocus
        onChange={(event) => setPrefix(event.currentTarget.value)}
      />
      <span className="field-label">{t.streams.speed}</span>
      <Segments
        label={t.streams.speed}
        value={speed}
        options={speeds.map((value) => ({
          value,
          label: value === 'asap' ? t.streams.asFast : t.streams.timesSpeed(value),
        }))}
        onChange={setSpeed}
      />
      <TextField
        label={t.streams.loop}
        help={t.streams.loopHelp}
        value={loop}
        onChange={(event) => setLoop(event.currentTarget.value)}
      />
      <span className="field-label">{t.streams.shift}</span>
      <Segments
        label={t.streams.shift}
        value={shift}
        options={(['now', 'none'] as const).map((value) => ({ value, label: t.streams.shifts[value] }))}
        onChange={setShift}
      />
    </ActionDialog>
  )
}
