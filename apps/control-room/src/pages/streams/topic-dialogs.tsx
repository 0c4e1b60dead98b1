import { Modal } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactElement, type ReactNode } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { errorText } from '../../net/http-client.ts'
import { Button } from '../../parts/button.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { t } from '../../text/text.ts'

export interface ActionDialogProps {
  readonly title: string
  readonly action: string
  readonly isDanger?: boolean
  readonly size?: 'md' | 'lg' | 'xl'
  readonly disabledReason?: string | null
  readonly children: ReactNode
  readonly onClose: () => void
  /** Rejects with what the person has to be told; the dialog stays open then. */
  readonly onAct: () => Promise<void>
}

/** A dialog with one action; what was typed stays when it is refused. */
export function ActionDialog(props: ActionDialogProps): ReactElement {
  const { title, action, isDanger = false, size = 'md', disabledReason, children, onClose, onAct } = props
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const act = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      await onAct()
      onClose()
    } catch (failure) {
      setError(errorText(failure))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      opened
      title={title}
      size={size}
      closeButtonProps={{ 'aria-label': t.common.close }}
      onClose={onClose}
      centered
    >
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault()
          if ((disabledReason ?? null) === null && !isBusy) void act()
        }}
      >
        {children}
        {error === null ? null : (
          <div className="field-error" role="alert">
            {error}
          </div>
        )}
        <div className="dialog-foot">
          <Button label={t.common.cancel} onPress={onClose} />
          <Button
            type="submit"
            kind={isDanger ? 'danger' : 'primary'}
            label={action}
            isBusy={isBusy}
            disabledReason={disabledReason ?? null}
          />
        </div>
      </form>
    </Modal>
  )
}

export function CreateTopicDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { http } = useControlRoom()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [partitions, setPartitions] = useState('1')
  return (
    <ActionDialog
      title={t.streams.createTopic}
      action={t.streams.createTopic}
      disabledReason={name === '' ? t.streams.columns.name : null}
      onClose={onClose}
      onAct={async () => {
        await http.post('/streams/topics/create', { name, partitions: Number(partitions) })
        await navigate({ to: '/streams/topic/$topic/$view', params: { topic: name, view: 'messages' } })
      }}
    >
      <TextField
        label={t.streams.columns.name}
        value={name}
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextField
        label={t.streams.views.partitions}
        isNumber
        inputMode="numeric"
        value={partitions}
        onChange={(event) => setPartitions(event.currentTarget.value)}
      />
    </ActionDialog>
  )
}

export interface ConfirmNameProps {
  readonly topic: string
  readonly what: 'purge' | 'delete'
  readonly onClose: () => void
}

/** What cannot be undone asks for the name. */
export function ConfirmNameDialog({ topic, what, onClose }: ConfirmNameProps): ReactElement {
  const { http } = useControlRoom()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const title = what === 'purge' ? t.streams.purge : t.streams.deleteTopic
  return (
    <ActionDialog
      title={title}
      action={title}
      isDanger
      disabledReason={typed === topic ? null : t.streams.typeName(topic)}
      onClose={onClose}
      onAct={async () => {
        await http.post(`/streams/topics/${encodeURIComponent(topic)}/${what}`, { confirm: topic })
        await queries.invalidateQueries({ queryKey: ['topic', topic] })
        if (what === 'delete') await navigate({ to: '/streams' })
      }}
    >
      <p>{what === 'purge' ? t.streams.purgeHelp : t.streams.deleteHelp}</p>
      <TextField
        label={t.streams.typeName(topic)}
        value={typed}
        data-autofocus
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </ActionDialog>
  )
}

export interface ProduceDialogProps {
  readonly topic: string
  readonly key0?: string
  readonly value0?: string
  readonly headers0?: Readonly<Record<string, string>>
  readonly onClose: () => void
}

/** Writes one message; also one that was read, changed or not. */
export function ProduceDialog({
  topic,
  key0 = '',
  value0 = '',
  headers0 = {},
  onClose,
}: ProduceDialogProps): ReactElement {
  const { http, notices } = useControlRoom()
  const [key, setKey] = useState(key0)
  const [value, setValue] = useState(value0)
  return (
    <ActionDialog
      title={t.streams.produceTitle(topic)}
      action={t.streams.produce}
      onClose={onClose}
      onAct={async () => {
        const placed = await http.post<{ partition: number; offset: number }>(
          `/streams/topics/${encodeURIComponent(topic)}/produce`,
          { key: key === '' ? null : key, value, headers: headers0 },
        )
        notices.add({ state: 'good', text: t.streams.produced(placed.partition, placed.offset) })
      }}
    >
      <TextField label={t.streams.key} value={key} onChange={(event) => setKey(event.currentTarget.value)} />
      <label className="field-label" htmlFor="produce-value">
        {t.streams.value}
      </label>
      <textarea
        id="produce-value"
        className="text-area mono"
        rows={10}
        value={value}
        data-autofocus
        onChange={(event) => setValue(event.currentTarget.value)}
      />
    </ActionDialog>
  )
}
