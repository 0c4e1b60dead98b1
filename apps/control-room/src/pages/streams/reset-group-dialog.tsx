import type { GroupState } from '@beamtime/http-gateway/ui-types'
import { useState, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { Segments } from '../../parts/segments.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { t } from '../../text/text.ts'
import { ActionDialog } from './topic-dialogs.tsx'

const kinds = ['earliest', 'latest', 'time', 'shift'] as const
type Kind = (typeof kinds)[number]

export interface ResetGroupDialogProps {
  readonly group: GroupState
  readonly topic: string
  readonly onClose: () => void
}

/** Moves a group that nobody reads with. */
export function ResetGroupDialog({ group, topic, onClose }: ResetGroupDialogProps): ReactElement {
  const { http } = useControlRoom()
  const [to, setTo] = useState<Kind>('earliest')
  const [time, setTime] = useState(() => new Date(Date.now() - 600_000).toISOString().slice(0, 19) + 'Z')
  const [by, setBy] = useState('-1')
  const timeMs = Date.parse(time)
  const shift = Number(by)
  const wrong =
    (to === 'time' && Number.isNaN(timeMs)) || (to === 'shift' && !Number.isSafeInteger(shift))
      ? t.streams.resetTo[to]
      : null
  return (
    <ActionDialog
      title={t.streams.resetTitle(group.id)}
      action={t.streams.resetGroup}
      disabledReason={wrong}
      onClose={onClose}
      onAct={async () => {
        await http.post(`/streams/groups/${encodeURIComponent(group.id)}/reset`, {
          topic,
          to,
          ...(to === 'time' ? { timeMs } : {}),
          ...(to === 'shift' ? { by: shift } : {}),
        })
      }}
    >
      <Segments
        label={t.streams.resetTitle(group.id)}
        value={to}
        options={kinds.map((value) => ({ value, label: t.streams.resetTo[value] }))}
        onChange={setTo}
      />
      {to === 'time' ? (
        <TextField
          label={t.streams.resetTime}
          value={time}
          error={wrong ?? undefined}
          onChange={(event) => setTime(event.currentTarget.value)}
        />
      ) : null}
      {to === 'shift' ? (
        <TextField
          label={t.streams.resetShift}
          isNumber
          value={by}
          error={wrong ?? undefined}
          onChange={(event) => setBy(event.currentTarget.value)}
        />
      ) : null}
    </ActionDialog>
  )
}
