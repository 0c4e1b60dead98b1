import type { TopicDetail } from '@beamtime/http-gateway/ui-types'
import { useQueryClient } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import { useControlRoom, useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { t } from '../../text/text.ts'
import { ActionDialog, ConfirmNameDialog } from './topic-dialogs.tsx'

interface Setting {
  readonly name: string
  readonly value: string | null
}

const columns: readonly GridColumn<Setting>[] = [
  {
    key: 'name',
    header: t.streams.columns.setting,
    width: 'minmax(160px, 1fr)',
    cell: ({ name }) => <span className="mono">{name}</span>,
  },
  {
    key: 'value',
    header: t.streams.columns.value,
    width: 'minmax(120px, 1fr)',
    cell: ({ value }) => <span className="mono ellipsis">{value ?? '–'}</span>,
  },
]

/** Settings of a topic; one is changed by opening its row. */
export function ConfigView({ detail }: { readonly detail: TopicDetail }): ReactElement {
  const [changed, setChanged] = useState<Setting | null>(null)
  const [asked, setAsked] = useState<'purge' | 'delete' | null>(null)
  const canAct = useScope('write:manager:control')
  const reason = canAct ? null : t.common.noScope('write:manager:control')
  const settings = Object.entries(detail.configs).map(([name, value]) => ({ name, value }))
  return (
    <>
      <div className="panel-body flush">
        <DataGrid
          label={t.streams.views.config}
          columns={columns}
          rowCount={settings.length}
          rowAt={(index) => settings[index]}
          keyOf={({ name }) => name}
          rowHeight={28}
          {...(canAct ? { onOpen: setChanged } : {})}
        />
      </div>
      <footer className="panel-foot">
        <span className="grow" />
        <Button
          kind="danger"
          label={t.streams.purge}
          disabledReason={reason}
          onPress={() => setAsked('purge')}
        />
        <Button
          kind="danger"
          label={t.streams.deleteTopic}
          disabledReason={reason}
          onPress={() => setAsked('delete')}
        />
      </footer>
      {changed === null ? null : (
        <SettingDialog topic={detail.name} setting={changed} onClose={() => setChanged(null)} />
      )}
      {asked === null ? null : (
        <ConfirmNameDialog topic={detail.name} what={asked} onClose={() => setAsked(null)} />
      )}
    </>
  )
}

function SettingDialog({
  topic,
  setting,
  onClose,
}: {
  readonly topic: string
  readonly setting: Setting
  readonly onClose: () => void
}): ReactElement {
  const { http } = useControlRoom()
  const queries = useQueryClient()
  const [value, setValue] = useState(setting.value ?? '')
  const set = async (next: string | null): Promise<void> => {
    await http.post(`/streams/topics/${encodeURIComponent(topic)}/config`, {
      configs: { [setting.name]: next },
    })
    await queries.invalidateQueries({ queryKey: ['topic', topic] })
  }
  return (
    <ActionDialog
      title={t.streams.setTo(setting.name)}
      action={t.common.save}
      onClose={onClose}
      onAct={() => set(value)}
    >
      <TextField
        label={setting.name}
        value={value}
        data-autofocus
        onChange={(event) => setValue(event.currentTarget.value)}
      />
      <Button kind="quiet" label={t.streams.toDefault} onPress={() => void set(null).then(onClose)} />
    </ActionDialog>
  )
}
