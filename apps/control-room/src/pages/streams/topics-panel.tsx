import type { TopicSummary } from '@beamtime/http-gateway/ui-types'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState, type ReactElement } from 'react'
import { useControlRoom, useNow, usePref, useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { formatCount, formatNumber } from '../../text/format-number.ts'
import { formatAge } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { CreateTopicDialog } from './topic-dialogs.tsx'
import { lagTrend, useTopics, useTopicsStore } from './use-topics.ts'

const silentAfterS = 30

/** Every topic with what comes in and who lags behind. */
export function TopicsPanel({ chosen }: { readonly chosen: string | undefined }): ReactElement {
  const snap = useTopics()
  const navigate = useNavigate()
  const [filter, setFilter] = useState('')
  const [hasInternal, setInternal] = usePref('hasInternalTopics')
  const [isCreating, setCreating] = useState(false)
  const canAct = useScope('write:manager:control')
  const columns = useTopicColumns()
  const all = snap?.topics ?? []
  const visible = all.filter((topic) => hasInternal || !topic.isInternal)
  const shown = visible.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()))
  return (
    <section className="panel topics-panel" aria-label={t.streams.topics}>
      <header className="panel-head">
        <h2>{t.streams.topics}</h2>
        <span className="grow" />
        <div className="field">
          <IconSearch size={16} stroke={1.75} aria-hidden />
          <input
            data-page-filter
            aria-label={t.streams.filter}
            placeholder={t.common.filter}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
        </div>
        <Button
          isIconOnly
          kind="quiet"
          label={t.streams.createTopic}
          icon={<IconPlus size={16} stroke={1.75} aria-hidden />}
          disabledReason={canAct ? null : t.common.noScope('write:manager:control')}
          onPress={() => setCreating(true)}
        />
      </header>
      <div className="panel-body flush">
        {snap !== null && visible.length === 0 ? (
          <div className="empty">
            <strong>{t.streams.noTopics}</strong>
            <span>{t.streams.noTopicsHelp}</span>
          </div>
        ) : (
          <DataGrid
            label={t.streams.topics}
            columns={columns}
            rowCount={shown.length}
            rowAt={(index) => shown[index]}
            keyOf={(topic) => topic.name}
            rowHeight={32}
            isSelected={(topic) => topic.name === chosen}
            onOpen={(topic) =>
              void navigate({
                to: '/streams/topic/$topic/$view',
                params: { topic: topic.name, view: 'messages' },
              })
            }
          />
        )}
      </div>
      <footer className="panel-foot">
        <span className="grow">
          {t.streams.shown(shown.length, all.length, hasInternal ? 0 : all.length - visible.length)}
        </span>
        <label className="check-label">
          <input
            type="checkbox"
            className="check"
            checked={hasInternal}
            onChange={(event) => setInternal(event.currentTarget.checked)}
          />
          {t.streams.internal}
        </label>
      </footer>
      {isCreating ? <CreateTopicDialog onClose={() => setCreating(false)} /> : null}
    </section>
  )
}

function useTopicColumns(): readonly GridColumn<TopicSummary>[] {
  const store = useTopicsStore()
  const { serverNow } = useControlRoom()
  useNow()
  return useMemo(
    () => [
      {
        key: 'name',
        header: t.streams.columns.name,
        width: 'minmax(120px, 2fr)',
        cell: (topic) => (
          <span className="strong ellipsis" title={topic.name}>
            {topic.name}
          </span>
        ),
      },
      {
        key: 'rate',
        header: t.streams.columns.rate,
        width: '64px',
        align: 'right',
        cell: (topic) => formatNumber(topic.rate, { precision: (topic.rate ?? 0) < 100 ? 1 : 0 }),
      },
      {
        key: 'lag',
        header: t.streams.columns.lag,
        width: '72px',
        align: 'right',
        cell: (topic) => formatCount(topic.lagMax),
      },
      {
        key: 'format',
        header: t.streams.columns.format,
        width: 'minmax(96px, 1fr)',
        cell: (topic) => {
          const grows = store.view
            .getState()
            .snap?.groups.some(
              (group) =>
                group.topics.some((one) => one.topic === topic.name) &&
                lagTrend(store.lagOf(topic.name, group.id)) === 'grows',
            )
          if (grows === true) return <StateChip state="attention" word={t.streams.lagGrows} />
          const silentS = topic.lastMs === null ? 0 : (serverNow() - topic.lastMs) / 1_000
          if (topic.lastMs !== null && silentS > silentAfterS)
            return <span className="muted">{t.streams.silent(formatAge(silentS))}</span>
          return <span className="muted ellipsis">{topic.format ?? ''}</span>
        },
      },
    ],
    [store, serverNow],
  )
}
