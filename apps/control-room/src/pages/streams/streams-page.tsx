import { IconCircle } from '@tabler/icons-react'
import { Link, useMatchRoute, useNavigate, useSearch } from '@tanstack/react-router'
import { useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import type { StreamsSearch } from '../../app/router.tsx'
import { useScope, useWidthClass } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { Failed, Stateful, useStaleClass } from '../../parts/stateful.tsx'
import { formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { GroupsTab } from './groups-tab.tsx'
import { LagPanel } from './lag-panel.tsx'
import { MessagePanel } from './message-panel.tsx'
import { PlayTab } from './play-tab.tsx'
import { RecordDialog } from './record-dialog.tsx'
import { RecordingsTab } from './recordings-tab.tsx'
import { SchemasTab } from './schemas-tab.tsx'
import { topicViews, TopicPanel, type TopicViewName } from './topic-panel.tsx'
import { TopicsPanel } from './topics-panel.tsx'
import { TopicsContext, useTopicsFeed, type TopicsStore } from './use-topics.ts'
import './streams.css'

type Tab = 'topics' | 'groups' | 'schemas' | 'recordings' | 'play'

/** What is on the bus, who reads it, and playing it again. */
export function StreamsPage(): ReactElement {
  const store = useTopicsFeed()
  const stale = useStaleClass()
  const place = usePlace()
  return (
    <Stateful scope="read:monitor">
      <TopicsContext value={store}>
        <div className={`page streams-page${stale}`}>
          <StreamsBar store={store} tab={place.tab} topic={place.topic} />
          <StreamsContent store={store} {...place} />
        </div>
      </TopicsContext>
    </Stateful>
  )
}

interface Place {
  readonly tab: Tab
  readonly topic: string | undefined
  readonly view: TopicViewName
  readonly search: StreamsSearch
}

function usePlace(): Place {
  const matches = useMatchRoute()
  const search: StreamsSearch = useSearch({ strict: false })
  const topic = matches({ to: '/streams/topic/$topic/$view' })
  if (topic !== false) {
    const view = topicViews.find((name) => name === topic.view) ?? 'messages'
    return { tab: 'topics', topic: topic.topic, view, search }
  }
  const tab =
    matches({ to: '/streams/groups' }) !== false
      ? 'groups'
      : matches({ to: '/streams/schemas' }) !== false
        ? 'schemas'
        : matches({ to: '/streams/recordings' }) !== false
          ? 'recordings'
          : matches({ to: '/streams/play' }) !== false
            ? 'play'
            : 'topics'
  return { tab, topic: undefined, view: 'messages', search }
}

const addresses = {
  topics: '/streams',
  groups: '/streams/groups',
  schemas: '/streams/schemas',
  recordings: '/streams/recordings',
  play: '/streams/play',
} as const

function StreamsBar({
  store,
  tab,
  topic,
}: {
  readonly store: TopicsStore
  readonly tab: Tab
  readonly topic: string | undefined
}): ReactElement {
  const snap = useStore(store.view, (view) => view.snap)
  const [isRecording, setRecording] = useState(false)
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  const counts: Readonly<Record<Tab, number | undefined>> = {
    topics: snap?.topics.filter(({ isInternal }) => !isInternal).length,
    groups: snap?.groups.length,
    schemas: undefined,
    recordings: undefined,
    play: undefined,
  }
  return (
    <div className="page-bar">
      <h1>{t.streams.title}</h1>
      <nav className="tabs streams-tabs" aria-label={t.streams.title}>
        {(Object.keys(addresses) as Tab[]).map((name) => (
          <Link
            key={name}
            to={addresses[name]}
            activeOptions={{ exact: true }}
            aria-current={name === tab ? 'page' : undefined}
          >
            {t.streams.tabs[name]}
            {counts[name] === undefined ? null : <span className="count">{counts[name]}</span>}
          </Link>
        ))}
      </nav>
      <span className="grow" />
      <span className="sub num nowrap">
        {snap === null ? '' : t.streams.rate(formatNumber(snap.rate, { precision: 0 }))}
      </span>
      <Button
        label={t.streams.record}
        icon={<IconCircle size={16} stroke={1.75} aria-hidden />}
        disabledReason={reason}
        onPress={() => setRecording(true)}
      />
      {isRecording ? <RecordDialog topic={topic} onClose={() => setRecording(false)} /> : null}
    </div>
  )
}

function StreamsContent({
  store,
  tab,
  topic,
  view,
  search,
}: Place & { readonly store: TopicsStore }): ReactElement {
  const navigate = useNavigate()
  const { snap, error } = useStore(store.view)
  switch (tab) {
    case 'groups':
      return (
        <GroupsTab
          chosen={search.group}
          onChoose={(group) => void navigate({ to: '/streams/groups', search: { group }, replace: true })}
        />
      )
    case 'schemas':
      return (
        <SchemasTab
          chosen={search.subject}
          onChoose={(subject) =>
            void navigate({ to: '/streams/schemas', search: { subject }, replace: true })
          }
        />
      )
    case 'recordings':
      return <RecordingsTab />
    case 'play':
      return <PlayTab />
    case 'topics':
      if (snap === null && error !== null) return <Failed error={error} />
      return (
        <>
          {snap === null || snap.error === null ? null : (
            <div className="banner attention" role="status">
              {snap.error}
            </div>
          )}
          <TopicsTab topic={topic} view={view} search={search} isLoading={snap === null} />
        </>
      )
  }
}

function TopicsTab({
  topic,
  view,
  search,
  isLoading,
}: Omit<Place, 'tab'> & { readonly isLoading: boolean }): ReactElement {
  const navigate = useNavigate()
  const isPhone = useWidthClass() === 'phone'
  const message =
    topic === undefined || search.msg === undefined ? null : (
      <MessagePanel
        key={`${topic} ${search.msg}`}
        topic={topic}
        place={search.msg}
        onClose={() =>
          void navigate({
            to: '/streams/topic/$topic/$view',
            params: { topic, view },
            search: (old: StreamsSearch) => ({ ...old, msg: undefined }),
            replace: true,
          })
        }
      />
    )
  if (isPhone && message !== null) return message
  const hasList = !isPhone || topic === undefined
  return (
    <div className={`page-content streams-topics${message === null ? '' : ' has-message'}`}>
      <div className="streams-main">
        <div className="streams-upper">
          {hasList ? (
            <Stateful isLoading={isLoading}>
              <TopicsPanel chosen={topic} />
            </Stateful>
          ) : null}
          {topic === undefined ? (
            isPhone ? null : (
              <section className="panel topic-panel">
                <div className="empty">{t.streams.chooseTopic}</div>
              </section>
            )
          ) : (
            <TopicPanel topic={topic} view={view} search={search} />
          )}
        </div>
        {topic === undefined || isPhone ? null : <LagPanel topic={topic} />}
      </div>
      {message}
    </div>
  )
}
