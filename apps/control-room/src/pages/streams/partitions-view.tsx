import type { TopicDetail } from '@beamtime/http-gateway/ui-types'
import { useQueryClient } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import { useControlRoom, useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { formatCount } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { ActionDialog } from './topic-dialogs.tsx'

type Partition = TopicDetail['partitions'][number]

const columns: readonly GridColumn<Partition>[] = [
  { key: 'p', header: t.streams.partitionLabel, width: '80px', align: 'right', cell: (one) => one.partition },
  {
    key: 'earliest',
    header: t.streams.columns.earliest,
    width: 'minmax(80px, 1fr)',
    align: 'right',
    cell: (one) => formatCount(one.earliest),
  },
  {
    key: 'latest',
    header: t.streams.columns.latest,
    width: 'minmax(80px, 1fr)',
    align: 'right',
    cell: (one) => formatCount(one.latest),
  },
  {
    key: 'messages',
    header: t.streams.columns.messages,
    width: 'minmax(80px, 1fr)',
    align: 'right',
    cell: (one) => formatCount(one.latest - one.earliest),
  },
]

/** Where each partition begins and ends. */
export function PartitionsView({ detail }: { readonly detail: TopicDetail }): ReactElement {
  const [isAdding, setAdding] = useState(false)
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  return (
    <>
      <div className="panel-body flush">
        <DataGrid
          label={t.streams.views.partitions}
          columns={columns}
          rowCount={detail.partitions.length}
          rowAt={(index) => detail.partitions[index]}
          keyOf={(one) => String(one.partition)}
          rowHeight={32}
        />
      </div>
      <footer className="panel-foot">
        <span className="grow" />
        <Button label={t.streams.addPartitions} disabledReason={reason} onPress={() => setAdding(true)} />
      </footer>
      {isAdding ? <AddPartitions detail={detail} onClose={() => setAdding(false)} /> : null}
    </>
  )
}

function AddPartitions({
  detail,
  onClose,
}: {
  readonly detail: TopicDetail
  readonly onClose: () => void
}): ReactElement {
  const { http } = useControlRoom()
  const queries = useQueryClient()
  const [total, setTotal] = useState(String(detail.partitions.length + 1))
  return (
    <ActionDialog
      title={t.streams.addPartitions}
      action={t.streams.addPartitions}
      onClose={onClose}
      onAct={async () => {
        await http.post(`/streams/topics/${encodeURIComponent(detail.name)}/partitions`, {
          total: Number(total),
        })
        await queries.invalidateQueries({ queryKey: ['topic', detail.name] })
      }}
    >
      <TextField
        label={t.streams.partitionsTotal}
        isNumber
        inputMode="numeric"
        value={total}
        data-autofocus
        onChange={(event) => setTotal(event.currentTarget.value)}
      />
    </ActionDialog>
  )
}
