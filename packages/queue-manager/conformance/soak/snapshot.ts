import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { StatusObject } from '../../src/index.ts'
import type { Reply, SoakClient } from './client.ts'

export interface SoakItem {
  readonly item_uid: string
  readonly name: string
  readonly kwargs?: { readonly key?: string }
}

export interface HistoryEntry extends SoakItem {
  readonly result: { readonly exit_status: string; readonly msg: string }
}

/** Status, queue, running item and history of one moment. */
export interface Snapshot {
  readonly status: StatusObject
  readonly items: readonly SoakItem[]
  readonly running: SoakItem | null
  readonly history: readonly HistoryEntry[]
  readonly queueUid: unknown
  readonly historyUid: unknown
}

/** null when the manager is away or never the same from the first answer to the last. */
export async function takeSnapshot(client: SoakClient): Promise<Snapshot | null> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const replies = await Promise.all([
      client.call('status'),
      client.call('queue_get'),
      client.call('history_get'),
      client.call('status'),
    ])
    if (replies.includes(null)) return null
    const [before, queue, history, after] = replies as [Reply, Reply, Reply, Reply]
    if (before['status_uid'] === after['status_uid']) {
      const running = queue['running_item'] as SoakItem
      return {
        status: after as unknown as StatusObject,
        items: queue['items'] as SoakItem[],
        running: 'item_uid' in running ? running : null,
        history: history['items'] as HistoryEntry[],
        queueUid: queue['plan_queue_uid'],
        historyUid: history['plan_history_uid'],
      }
    }
    await sleep(attempt)
  }
  return null
}

/** What the status says of queue and history must hold of them. */
export function countProblems(snapshot: Snapshot): readonly string[] {
  const { status, items, running, history } = snapshot
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['items_in_queue', status.items_in_queue, items.length],
    ['items_in_history', status.items_in_history, history.length],
    ['running_item_uid', status.running_item_uid, running?.item_uid ?? null],
    ['plan_queue_uid', status.plan_queue_uid, snapshot.queueUid],
    ['plan_history_uid', status.plan_history_uid, snapshot.historyUid],
  ]
  return pairs.flatMap(([name, said, found]) =>
    said === found ? [] : [`status says ${name} ${String(said)}, found ${String(found)}`],
  )
}

/** Under an unchanged uid nothing may have changed. */
export function sameUidProblems(before: Snapshot, now: Snapshot): readonly string[] {
  const problems: string[] = []
  if (before.queueUid === now.queueUid) {
    const isSame =
      isDeepStrictEqual(before.items, now.items) && isDeepStrictEqual(before.running, now.running)
    if (!isSame) problems.push('the queue changed under one plan_queue_uid')
  }
  if (before.historyUid === now.historyUid && !isDeepStrictEqual(before.history, now.history))
    problems.push('the history changed under one plan_history_uid')
  return problems
}
