import type { TopicsSnap } from '@beamtime/http-gateway/ui-types'
import { createContext, useContext, useState } from 'react'
import { createStore, useStore, type StoreApi } from 'zustand'
import { useChannel } from '../../app/use-control-room.ts'

/** Half an hour at one look a second. */
const maxSamples = 1_800

/** Lag of a group on a topic over time. */
export interface LagHistory {
  readonly times: number[]
  readonly lags: number[]
}

export interface TopicsStore {
  readonly view: StoreApi<{ readonly snap: TopicsSnap | null; readonly error: string | null }>
  lagOf(topic: string, group: string): LagHistory
  subscribe(listener: () => void): () => void
}

export const TopicsContext = createContext<TopicsStore | null>(null)

export function useTopicsStore(): TopicsStore {
  const store = useContext(TopicsContext)
  if (store === null) throw new Error('useTopicsStore is used outside of TopicsContext')
  return store
}

export function useTopics(): TopicsSnap | null {
  return useStore(useTopicsStore().view, ({ snap }) => snap)
}

/** Follows topics and groups while the page is open. */
export function useTopicsFeed(): TopicsStore {
  const [store] = useState(makeTopicsStore)
  useChannel(
    'topics',
    {},
    {
      snapshot: (data) => store.take(data as TopicsSnap, Date.now()),
      error: ({ text }) => store.view.setState({ error: text }),
    },
  )
  return store
}

export function makeTopicsStore(): TopicsStore & { take(snap: TopicsSnap, nowMs: number): void } {
  const view = createStore<{ readonly snap: TopicsSnap | null; readonly error: string | null }>(() => ({
    snap: null,
    error: null,
  }))
  const lags = new Map<string, LagHistory>()
  const listeners = new Set<() => void>()
  const lagOf = (topic: string, group: string): LagHistory => {
    const key = `${topic}\n${group}`
    let history = lags.get(key)
    if (history === undefined) {
      history = { times: [], lags: [] }
      lags.set(key, history)
    }
    return history
  }
  return {
    view,
    lagOf,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    take(snap, nowMs) {
      for (const group of snap.groups)
        for (const { topic, lag } of group.topics) {
          const history = lagOf(topic, group.id)
          history.times.push(nowMs)
          history.lags.push(lag)
          if (history.times.length <= maxSamples + 100) continue
          history.times.splice(0, 100)
          history.lags.splice(0, 100)
        }
      view.setState({ snap, error: null })
      for (const listener of listeners) listener()
    },
  }
}

/** Over the last minute: how the lag of a group changes. */
export function lagTrend(history: LagHistory): 'steady' | 'grows' | 'falls' {
  const recent = history.lags.slice(-60)
  const [first, last] = [recent[0] ?? 0, recent.at(-1) ?? 0]
  const noise = Math.max(50, first * 0.1)
  if (recent.length < 5 || Math.abs(last - first) <= noise) return 'steady'
  return last > first ? 'grows' : 'falls'
}
