import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { Segments } from '../../parts/segments.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { t } from '../../text/text.ts'
import { ActionDialog } from './topic-dialogs.tsx'

const ends = ['stop', 'count', 'duration', 'bytes', 'run'] as const
type End = (typeof ends)[number]
const examples: Readonly<Record<End, string>> = {
  stop: '',
  count: '1000',
  duration: '10m',
  bytes: '1G',
  run: '',
}

/** Starts to record one or several topics. */
export function RecordDialog({
  topic,
  onClose,
}: {
  readonly topic: string | undefined
  readonly onClose: () => void
}): ReactElement {
  const { http } = useControlRoom()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [name, setName] = useState(() => `${topic ?? 'recording'}-${new Date().toISOString().slice(0, 10)}`)
  const [topics, setTopics] = useState(topic ?? '')
  const [match, setMatch] = useState('')
  const [from, setFrom] = useState('latest')
  const [end, setEnd] = useState<End>('stop')
  const [limit, setLimit] = useState('')
  const [ring, setRing] = useState('')
  const isIncomplete = name === '' || (topics === '' && match === '')
  return (
    <ActionDialog
      title={t.streams.recordTitle}
      action={t.streams.record}
      disabledReason={isIncomplete ? t.streams.recordTopics : null}
      onClose={onClose}
      onAct={async () => {
        await http.post('/recordings', {
          name,
          topics: topics
            .split(',')
            .map((one) => one.trim())
            .filter((one) => one !== ''),
          from,
          ...(match === '' ? {} : { match }),
          ...(ring === '' ? {} : { ring }),
          ...(end === 'run' ? { untilRunStop: true } : {}),
          ...(end === 'stop' || end === 'run' || limit === '' ? {} : { [end]: limit }),
        })
        await queries.invalidateQueries({ queryKey: ['recordings'] })
        await navigate({ to: '/streams/recordings' })
      }}
    >
      <TextField
        label={t.streams.recordName}
        value={name}
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextField
        label={t.streams.recordTopics}
        value={topics}
        onChange={(event) => setTopics(event.currentTarget.value)}
      />
      <TextField
        label={t.streams.recordMatch}
        placeholder="^dream_"
        value={match}
        onChange={(event) => setMatch(event.currentTarget.value)}
      />
      <TextField
        label={t.streams.recordFrom}
        help={t.streams.recordFromHelp}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <span className="field-label">{t.streams.recordUntil}</span>
      <Segments
        label={t.streams.recordUntil}
        value={end}
        options={ends.map((value) => ({ value, label: t.streams.until[value] }))}
        onChange={setEnd}
      />
      {examples[end] === '' ? null : (
        <TextField
          label={t.streams.until[end]}
          placeholder={examples[end]}
          value={limit}
          onChange={(event) => setLimit(event.currentTarget.value)}
        />
      )}
      <TextField
        label={t.streams.ring}
        help={t.streams.ringHelp}
        value={ring}
        onChange={(event) => setRing(event.currentTarget.value)}
      />
    </ActionDialog>
  )
}
