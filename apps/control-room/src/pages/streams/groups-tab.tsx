import type { GroupDetail, GroupState } from '@beamtime/http-gateway/ui-types'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import { useControlRoom, useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { Panel } from '../../parts/panel.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { formatCount } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { ResetGroupDialog } from './reset-group-dialog.tsx'
import { useTopics } from './use-topics.ts'

/** All consumer groups of the bus. */
export function GroupsTab({
  chosen,
  onChoose,
}: {
  readonly chosen: string | undefined
  readonly onChoose: (group: string) => void
}): ReactElement {
  const snap = useTopics()
  const groups = snap?.groups ?? []
  return (
    <div className="page-content streams-groups">
      <section className="panel groups-list" aria-label={t.streams.tabs.groups}>
        <div className="panel-body flush">
          <Stateful
            isLoading={snap === null}
            empty={groups.length === 0 ? <strong>{t.streams.noGroupsAtAll}</strong> : null}
          >
            <DataGrid
              label={t.streams.tabs.groups}
              columns={columns}
              rowCount={groups.length}
              rowAt={(index) => groups[index]}
              keyOf={(group) => group.id}
              rowHeight={32}
              isSelected={(group) => group.id === chosen}
              onOpen={(group) => onChoose(group.id)}
            />
          </Stateful>
        </div>
      </section>
      {chosen === undefined ? null : <GroupPanel key={chosen} id={chosen} />}
    </div>
  )
}

const columns: readonly GridColumn<GroupState>[] = [
  {
    key: 'group',
    header: t.streams.columns.group,
    width: 'minmax(140px, 2fr)',
    cell: (group) => <span className="strong ellipsis">{group.id}</span>,
  },
  {
    key: 'state',
    header: t.streams.columns.state,
    width: '120px',
    cell: (group) =>
      group.members === 0 ? (
        <StateChip state="off" word={t.streams.noMembers} />
      ) : (
        <StateChip state="good" word={group.state.toLowerCase()} />
      ),
  },
  {
    key: 'members',
    header: t.streams.columns.members,
    width: '80px',
    align: 'right',
    cell: (group) => group.members,
  },
  {
    key: 'lag',
    header: t.streams.columns.lagOne,
    width: '96px',
    align: 'right',
    cell: (group) => formatCount(group.lag),
  },
]

function GroupPanel({ id }: { readonly id: string }): ReactElement {
  const { http } = useControlRoom()
  const found = useQuery({
    queryKey: ['group', id],
    queryFn: ({ signal }) => http.get<GroupDetail>(`/streams/groups/${encodeURIComponent(id)}`, signal),
    refetchInterval: 2_000,
  })
  const [moved, setMoved] = useState<string | null>(null)
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  const group = found.data
  const places =
    group?.topics.flatMap(({ topic, partitions }) => partitions.map((one) => ({ topic, ...one }))) ?? []
  return (
    <Panel title={id} sub={group?.protocol} isFlush className="group-panel">
      <Stateful isLoading={found.isPending} error={found.error} onRetry={() => void found.refetch()}>
        <div className="group-places">
          <DataGrid
            label={t.streams.columns.lagOne}
            columns={placeColumns}
            rowCount={places.length}
            rowAt={(index) => places[index]}
            keyOf={(place) => `${place.topic} ${place.partition}`}
            rowHeight={28}
          />
        </div>
        <div className="group-members">
          <DataGrid
            label={t.streams.columns.members}
            columns={memberColumns}
            rowCount={group?.memberList.length ?? 0}
            rowAt={(index) => group?.memberList[index]}
            keyOf={(member) => member.id}
            rowHeight={28}
          />
        </div>
        <footer className="panel-foot">
          <span className="grow" />
          {group?.topics.map(({ topic }) => (
            <Button
              key={topic}
              label={`${t.streams.resetGroup} ${topic}`}
              disabledReason={reason ?? (group.members > 0 ? t.streams.resetHelp : null)}
              onPress={() => setMoved(topic)}
            />
          ))}
        </footer>
        {group === undefined || moved === null ? null : (
          <ResetGroupDialog group={group} topic={moved} onClose={() => setMoved(null)} />
        )}
      </Stateful>
    </Panel>
  )
}

interface Place {
  readonly topic: string
  readonly partition: number
  readonly committed: number
  readonly latest: number
  readonly lag: number
}

const placeColumns: readonly GridColumn<Place>[] = [
  {
    key: 'topic',
    header: t.streams.columns.topic,
    width: 'minmax(100px, 2fr)',
    cell: (place) => place.topic,
  },
  {
    key: 'p',
    header: t.streams.columns.partition,
    width: '36px',
    align: 'right',
    cell: (place) => place.partition,
  },
  {
    key: 'committed',
    header: t.streams.columns.committed,
    width: '96px',
    align: 'right',
    cell: (place) => formatCount(place.committed),
  },
  {
    key: 'latest',
    header: t.streams.columns.latest,
    width: '96px',
    align: 'right',
    cell: (place) => formatCount(place.latest),
  },
  {
    key: 'lag',
    header: t.streams.columns.lagOne,
    width: '80px',
    align: 'right',
    cell: (place) => formatCount(place.lag),
  },
]

const memberColumns: readonly GridColumn<GroupDetail['memberList'][number]>[] = [
  {
    key: 'client',
    header: t.streams.columns.client,
    width: 'minmax(100px, 1fr)',
    cell: (member) => member.client,
  },
  {
    key: 'host',
    header: t.streams.columns.host,
    width: '112px',
    cell: (member) => member.host.replace(/^\//, ''),
  },
  {
    key: 'reads',
    header: t.streams.columns.assigned,
    width: 'minmax(100px, 1fr)',
    cell: (member) => (
      <span className="ellipsis">
        {member.assigned.map(({ topic, partitions }) => `${topic} ${partitions.join(', ')}`).join('; ')}
      </span>
    ),
  },
]
