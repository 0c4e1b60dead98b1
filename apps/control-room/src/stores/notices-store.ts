import { createStore, type StoreApi } from 'zustand/vanilla'
import type { StateName } from '../theme/tokens.ts'

export interface Notice {
  readonly id: number
  readonly timeMs: number
  readonly state: StateName
  readonly text: string
}

export interface NoticesStore {
  readonly store: StoreApi<{ readonly list: readonly Notice[] }>
  add(notice: { readonly state: StateName; readonly text: string }): void
  clear(): void
}

const maxNotices = 100

/** What happened and what was refused, newest first; the bell in the state line shows the number. */
export function createNoticesStore(now: () => number = Date.now): NoticesStore {
  const store = createStore<{ readonly list: readonly Notice[] }>(() => ({ list: [] }))
  let next = 1
  return {
    store,
    add({ state, text }) {
      const notice = { id: next, timeMs: now(), state, text }
      next += 1
      store.setState(({ list }) => ({ list: [notice, ...list].slice(0, maxNotices) }))
    },
    clear: () => store.setState({ list: [] }),
  }
}
