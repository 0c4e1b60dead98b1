import type { HistoryItem } from '@beamtime/queue-client'
import { expect, test } from 'vitest'
import { waitFor } from '@beamtime/service-kit/testing'
import { HistoryIndex } from '../src/queue/history-index.ts'
import type { HistoryQuery } from '../src/queue/history-index.ts'
import { mirrorHistory } from '../src/queue/history-mirror.ts'
import type { HistoryNews } from '../src/queue/history-mirror.ts'
import { fakeLink } from './fake-link.ts'
import type { FakeLink } from './fake-link.ts'

function done(n: number, more: Partial<HistoryItem> = {}): HistoryItem {
  return {
    item_type: 'plan',
    name: n % 2 === 0 ? 'scan' : 'count',
    item_uid: `u${n}`,
    user: n % 3 === 0 ? 'mara' : 'jo',
    meta: { sample: `S-${n}` },
    result: {
      exit_status: n % 5 === 0 ? 'failed' : 'completed',
      run_uids: [],
      scan_ids: [],
      time_start: n * 10,
      time_stop: n * 10 + 5,
      msg: '',
      traceback: '',
    },
    ...more,
  }
}
const all: HistoryQuery = {
  limit: 50,
  before: null,
  q: null,
  plan: null,
  user: null,
  status: null,
  from: null,
  to: null,
}
const range = (count: number, from = 1): HistoryItem[] =>
  Array.from({ length: count }, (_, at) => done(from + at))

test('pages are newest first and follow each other without gaps', () => {
  const index = new HistoryIndex()
  index.add(range(10))
  const first = index.page({ ...all, limit: 4 })
  expect(first.items.map((item) => item.item_uid)).toEqual(['u10', 'u9', 'u8', 'u7'])
  expect(first).toMatchObject({ next: 'u7', total: 10 })
  const second = index.page({ ...all, limit: 4, before: first.next })
  expect(second.items.map((item) => item.item_uid)).toEqual(['u6', 'u5', 'u4', 'u3'])
  const third = index.page({ ...all, limit: 4, before: second.next })
  expect(third.items.map((item) => item.item_uid)).toEqual(['u2', 'u1'])
  expect(third.next).toBeNull()
})

test('filters hold together, and the total counts what matches', () => {
  const index = new HistoryIndex()
  index.add(range(30))
  const uids = (query: Partial<HistoryQuery>): readonly string[] =>
    index.page({ ...all, ...query }).items.map((item) => item.item_uid)
  expect(uids({ plan: 'scan', user: 'mara' })).toEqual(['u30', 'u24', 'u18', 'u12', 'u6'])
  expect(uids({ status: 'failed', from: 100, to: 200 })).toEqual(['u15', 'u10'])
  expect(uids({ q: 's-29 COUNT' })).toEqual(['u29'])
  expect(index.page({ ...all, limit: 1, plan: 'scan' })).toMatchObject({ total: 15, next: 'u30' })
})

test('a hundred thousand items are filtered within the time of a click', () => {
  const index = new HistoryIndex()
  index.add(range(100_000))
  const before = performance.now()
  expect(index.page({ ...all, q: 'S-54321' }).total).toBe(1)
  expect(performance.now() - before).toBeLessThan(1_000)
})

/** A manager with a history; `paged` says whether it knows history_page. */
function historyLink(paged: boolean): FakeLink & { history: HistoryItem[]; changed(uid: string): void } {
  const link = fakeLink()
  const made = Object.assign(link, {
    history: [] as HistoryItem[],
    changed: (uid: string) => link.setStatus({ plan_history_uid: uid }),
  })
  link.answer = (method, params) => {
    const uid = link.status?.plan_history_uid ?? 'h0'
    if (method === 'status') return { plan_history_uid: uid }
    if (method === 'history_get') return { success: true, items: made.history, plan_history_uid: uid }
    if (method !== 'history_page' || !paged) return { success: false, msg: `Unknown method '${method}'` }
    const [offset, limit] = [Number(params['offset']), Number(params['limit'])]
    const items = made.history.slice(offset, offset + limit)
    return { success: true, items, total: made.history.length, plan_history_uid: uid }
  }
  return made
}

test.each([true, false])(
  'the mirror follows what is appended and what is cleared (pages: %s)',
  async (paged) => {
    const link = historyLink(paged)
    link.history = range(4_500)
    const mirror = mirrorHistory(link)
    const news: HistoryNews[] = []
    mirror.onChange((one) => news.push(one))
    link.changed('h1')
    await waitFor(() => mirror.uid === 'h1')
    expect(mirror).toMatchObject({ total: 4_500 })
    expect(mirror.recent[0]?.item_uid).toBe('u4500')
    expect((await mirror.page({ ...all, plan: 'count' })).total).toBe(2_250)
    await waitFor(() => news.length > 0)
    expect(news).toEqual([{ op: 'reset', uid: 'h1', total: 4_500 }])

    news.length = 0
    link.history.push(done(4_501))
    link.changed('h2')
    await waitFor(() => news.length > 0)
    expect(news).toMatchObject([{ op: 'add', uid: 'h2', total: 4_501, item: { item_uid: 'u4501' } }])

    news.length = 0
    link.history = []
    link.changed('h3')
    await waitFor(() => news.length > 0)
    expect(news).toEqual([{ op: 'reset', uid: 'h3', total: 0 }])
    expect(await mirror.page(all)).toEqual({ items: [], next: null, total: 0, uid: 'h3' })

    news.length = 0
    link.history = [done(9)]
    link.changed('h4')
    await waitFor(() => news.length > 0)
    expect(news).toMatchObject([{ op: 'add', total: 1, item: { item_uid: 'u9' } }])
    mirror.close()
  },
)
