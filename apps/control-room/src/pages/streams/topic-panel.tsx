import type { TopicDetail } from '@beamtime/http-gateway/ui-types'
import { IconHistory, IconPencilPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type ReactElement } from 'react'
import type { StreamsSearch } from '../../app/router.tsx'
import { useControlRoom, useScope } from '../../app/use-control-room.ts'
import { errorText } from '../../net/http-client.ts'
import { Button } from '../../parts/button.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { t } from '../../text/text.ts'
import { AlertsView } from './alerts-view.tsx'
import { ConfigView } from './config-view.tsx'
import { TopicGroups } from './group-tables.tsx'
import { MessagesView, messageKey, type MessagesViewProps } from './messages-view.tsx'
import { PartitionsView } from './partitions-view.tsx'
import { SchemaView } from './schema-view.tsx'
import { ProduceDialog } from './topic-dialogs.tsx'
import type { MessageView } from './use-messages.ts'
import { useTopics } from './use-topics.ts'

export const topicViews = ['messages', 'alerts', 'partitions', 'groups', 'config', 'schema'] as const
export type TopicViewName = (typeof topicViews)[number]

export interface TopicPanelProps {
  readonly topic: string
  readonly view: TopicViewName
  readonly search: StreamsSearch
}

/** One topic: its messages, partitions, readers and settings. */
export function TopicPanel({ topic, view, search }: TopicPanelProps): ReactElement {
  const { http } = useControlRoom()
  const navigate = useNavigate()
  const detail = useQuery({
    queryKey: ['topic', topic],
    queryFn: ({ signal }) => http.get<TopicDetail>(`/streams/topics/${encodeURIComponent(topic)}`, signal),
  })
  const format = useTopics()?.topics.find(({ name }) => name === topic)?.format
  // Cards are for alerts; who follows a link to them gets them in any case.
  const views = topicViews.filter((name) => name !== 'alerts' || view === 'alerts' || format === 'alert')
  const go = (change: Partial<StreamsSearch>): void =>
    void navigate({
      to: '/streams/topic/$topic/$view',
      params: { topic, view },
      search: (old: StreamsSearch) => ({ ...old, ...change }),
      replace: true,
    })
  return (
    <section className="panel topic-panel" aria-label={topic}>
      <header className="panel-head">
        <h2 className="ellipsis">{topic}</h2>
        <span className="grow" />
        <nav className="tabs" aria-label={topic}>
          {views.map((name) => (
            <Link
              key={name}
              to="/streams/topic/$topic/$view"
              params={{ topic, view: name }}
              aria-current={name === view ? 'page' : undefined}
            >
              {t.streams.views[name]}
            </Link>
          ))}
        </nav>
        <TopicActions topic={topic} />
      </header>
      <Stateful isLoading={detail.isPending} error={detail.error} onRetry={() => void detail.refetch()}>
        {detail.data === undefined ? null : (
          <TopicContent topic={topic} view={view} detail={detail.data} search={search} onSearch={go} />
        )}
      </Stateful>
    </section>
  )
}

interface TopicContentProps extends TopicPanelProps {
  readonly detail: TopicDetail
  readonly onSearch: (change: Partial<StreamsSearch>) => void
}

function TopicContent({ topic, view, detail, search, onSearch }: TopicContentProps): ReactElement {
  const messages: MessagesViewProps = {
    topic,
    view: messageView(search),
    partitions: detail.partitions.length,
    chosen: search.msg,
    onView: (change) =>
      onSearch(
        Object.fromEntries(
          Object.entries(change).map(([name, value]) => [name, value === '' ? undefined : value]),
        ),
      ),
    onOpen: (row) => onSearch({ msg: messageKey(row) }),
  }
  switch (view) {
    case 'messages':
      return <MessagesView key={topic} {...messages} />
    case 'alerts':
      return <AlertsView key={topic} {...messages} />
    case 'schema':
      return <SchemaView key={topic} topic={topic} />
    case 'partitions':
      return <PartitionsView detail={detail} />
    case 'groups':
      return <TopicGroups topic={topic} />
    case 'config':
      return <ConfigView detail={detail} />
  }
}

function messageView(search: StreamsSearch): MessageView {
  return {
    dir: search.dir === 'forward' ? 'forward' : 'backward',
    from: search.from ?? '',
    partition: search.partition ?? '',
    filter: search.filter ?? '',
    cols: search.cols ?? '',
  }
}

function TopicActions({ topic }: { readonly topic: string }): ReactElement {
  const { http, notices } = useControlRoom()
  const [isProducing, setProducing] = useState(false)
  const [isSaving, setSaving] = useState(false)
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  const icon = { size: 16, stroke: 1.75, 'aria-hidden': true } as const
  const saveLast = async (): Promise<void> => {
    setSaving(true)
    const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')
    const name = `${topic.replaceAll(/[^\w.-]/g, '_')}-${stamp}`
    try {
      await http.post('/recordings', { name, topics: [topic], from: '-10m', to: 'latest' })
      notices.add({ state: 'good', text: t.streams.savedLast(name) })
    } catch (failure) {
      notices.add({ state: 'bad', text: errorText(failure) })
    } finally {
      setSaving(false)
    }
  }
  return (
    <>
      <Button
        kind="quiet"
        isIconOnly
        label={t.streams.saveLast}
        hint={t.streams.saveLastHelp}
        icon={<IconHistory {...icon} />}
        isBusy={isSaving}
        disabledReason={reason}
        onPress={() => void saveLast()}
      />
      <Button
        kind="quiet"
        isIconOnly
        label={t.streams.produce}
        icon={<IconPencilPlus {...icon} />}
        disabledReason={reason}
        onPress={() => setProducing(true)}
      />
      {isProducing ? <ProduceDialog topic={topic} onClose={() => setProducing(false)} /> : null}
    </>
  )
}
