import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openRedisStore, openSqliteStore, type QueueItem, type QueueStore } from '../src/index.ts'

const chunk = 5_000

/** Puts the same items into queue and history of a Redis store and of a SQLite store. */
export async function fillStores(options: {
  readonly items: number
  readonly redis: string
  readonly prefix: string
  readonly dataDir: string
}): Promise<void> {
  mkdirSync(join(options.dataDir, 'state'), { recursive: true })
  const stores: readonly QueueStore[] = [
    await openRedisStore({
      address: options.redis,
      prefix: options.prefix,
      hash: (text) => text,
      timeoutMs: 60_000,
    }),
    openSqliteStore(join(options.dataDir, 'state', 'queue-main.sqlite')),
  ]
  for (const store of stores) {
    await store.load()
    for (let first = 0; first < options.items; first += chunk) {
      const items = Array.from({ length: chunk }, (_, index) => storedItem('q', first + index))
      await store.apply([{ kind: 'insert-items', index: first, items }])
      await store.apply(
        items.map(
          (_item, index) =>
            ({ kind: 'append-history', entry: { ...storedItem('h', first + index), result } }) as const,
        ),
      )
    }
    await store.close()
  }
}

function storedItem(where: string, number: number): QueueItem {
  return {
    item_type: 'plan',
    name: 'count',
    args: [['det1', 'det2']],
    kwargs: { num: 5, delay: 1 },
    user: 'bench',
    user_group: 'primary',
    item_uid: `${where}${String(number).padStart(35, '0')}`,
  }
}

const result = {
  exit_status: 'completed',
  run_uids: ['46e817e8-efb1-4230-b4a0-386e01fa5b02'],
  scan_ids: [2],
  time_start: 1795221249.374032,
  time_stop: 1795221249.8718052,
  msg: '',
  traceback: '',
} as const
