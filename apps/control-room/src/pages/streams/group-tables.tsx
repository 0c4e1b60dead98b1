import type { GroupState } from '@beamtime/http-gateway/ui-types'
import { useMemo, useState, type ReactElement } from 'react'
import { useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { formatCount } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { ResetGroupDialog } from './reset-group-dialog.tsx'
import { lagTrend, useTopics, useTopicsStore } from './use-topics.ts'

interface GroupOfTopic {
  readonly group: GroupState
  readonly lag: number
  readonly trend: 'steady' | 'grows' | 'falls'
}

export function useGroupsOf(topic: string): readonly GroupOfTopic[] {
  const store = useTopicsStore()
  const groups = useTopics()?.groups ?? []
  return groups.flatMap((group) =>
    group.topics
      .filter((one) => one.topic === topic)
      .map(({ lag }) => ({ group, lag, trend: lagTrend(store.lagOf(topic, group.id)) })),
  )
}

/** Groups that read a topic. */
export function TopicGroups({ topic }: { readonly topic: string }): ReactElement {
  const groups = useGroupsOf(topic)
  const [moved, setMoved] = useState<GroupState | null>(null)
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  const columns = useMemo(
    () => [
      ...groupColumns,
      {
        key: 'act',
        header: '',
        width: '84px',
        align: 'right' as const,
        cell: ({ group }: GroupOfTopic) => (
          <Button
            isCompact
            label={t.streams.resetGroup}
            disabledReason={reason ?? (group.members > 0 ? t.streams.resetHelp : null)}
            onPress={() => setMoved(group)}
          />
        ),
      },
    ],
    [reason],
  )
  return (
    <div className="panel-body flush">
      {groups.length === 0 ? (
        <div className="empty">{t.streams.noGroups}</div>
      ) : (
        <GroupGrid groups={groups} columns={columns} />
      )}
      {moved === null ? null : (
        <ResetGroupDialog group={moved} topic={topic} onClose={() => setMoved(null)} />
      )}
    </div>
  )
}

export function GroupGrid({
  groups,
  columns = groupColumns,
}: {
  readonly groups: readonly GroupOfTopic[]
  readonly columns?: readonly GridColumn<GroupOfTopic>[]
}): ReactElement {
  return (
    <DataGrid
      label={t.streams.tabs.groups}
      columns={columns}
      rowCount={groups.length}
      rowAt={(index) => groups[index]}
      keyOf={({ group }) => group.id}
      rowHeight={32}
    />
  )
}

const groupColumns: readonly GridColumn<GroupOfTopic>[] = [
  {
    key: 'group',
    header: t.streams.columns.group,
    width: 'minmax(96px, 2fr)',
    cell: ({ group }) => (
      <span className="strong ellipsis" title={group.id}>
        {group.id}
      </span>
    ),
  },
  {
    key: 'members',
    header: t.streams.columns.members,
    width: '72px',
    align: 'right',
    cell: ({ group }) => group.members,
  },
  {
    key: 'lag',
    header: t.streams.columns.lagOne,
    width: '80px',
    align: 'right',
    cell: ({ lag }) => formatCount(lag),
  },
  {
    key: 'state',
    header: t.streams.columns.state,
    width: '116px',
    cell: ({ group, trend }) =>
      group.members === 0 ? (
        <StateChip state="off" word={t.streams.noMembers} />
      ) : (
        <StateChip state={trend === 'grows' ? 'attention' : 'good'} word={t.streams[trend]} />
      ),
  },
]
