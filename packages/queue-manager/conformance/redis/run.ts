/**
 * The Redis store beside the SQLite store, change by change, over a real Redis; then the same lists read by the queue
 * server's own class where BEAMTIME_PEERS_PYTHON names a Python that has it. Environment: REDIS (default localhost:6379).
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { tempDir } from '@beamtime/service-kit/testing'
import { seededRandom } from '../seeded-random.ts'
import { openRedisStore, openSqliteStore, type QueueItem, type StoreChange } from '../../src/index.ts'

const address = process.env['REDIS'] ?? 'localhost:6379'
const prefix = `beamtime_conformance_${process.pid}`
const rounds = Number(process.env['ROUNDS'] ?? 2_000)
const dir = tempDir()
const options = { address, prefix, hash: (text: string) => `hash of ${text}` }
const path = join(dir.path, 'queue.sqlite')
const redis = await openRedisStore(options)
const sqlite = openSqliteStore(path)
await redis.load()
await sqlite.load()

/** Repeatable: the case is the same on each run. */
const random = seededRandom(12_345)

let uids: string[] = []
let nextUid = 0
const newItem = (): QueueItem => ({
  item_type: 'plan',
  name: 'count',
  args: [['det1'], random(5), random(100) / 7],
  kwargs: { text: 'grüße "x"' },
  item_uid: `uid-${nextUid++}`,
})
const result = {
  exit_status: 'completed',
  run_uids: [],
  scan_ids: [],
  time_start: 1.5,
  time_stop: 2,
  msg: '',
  traceback: '',
} as const

function nextChange(): StoreChange {
  switch (random(9)) {
    case 0:
    case 1:
    case 2: {
      const items = Array.from({ length: 1 + random(random(10) === 0 ? 40 : 3) }, newItem)
      const index = random(uids.length + 1)
      uids = uids.toSpliced(index, 0, ...items.map(({ item_uid }) => item_uid))
      return { kind: 'insert-items', index, items }
    }
    case 3:
    case 4: {
      const gone = uids.filter(() => random(uids.length) < 2)
      uids = uids.filter((uid) => !gone.includes(uid))
      return { kind: 'remove-items', uids: gone }
    }
    case 5: {
      const uid = uids[random(uids.length)]
      if (uid === undefined) return { kind: 'clear-items' }
      const item = newItem()
      uids = uids.with(uids.indexOf(uid), item.item_uid)
      return { kind: 'replace-item', uid, item }
    }
    case 6:
      return { kind: 'append-history', entry: { ...newItem(), result } }
    case 7:
      return random(20) === 0
        ? { kind: 'clear-history' }
        : { kind: 'set-running', item: random(2) === 0 ? null : newItem() }
    default:
      return {
        kind: 'set-value',
        name: 'plan_queue_mode',
        value: { loop: random(2) === 0, ignore_failures: false },
      }
  }
}

for (let round = 0; round < rounds; round += 1) {
  const changes = Array.from({ length: 1 + random(3) }, nextChange)
  await redis.apply(changes)
  await sqlite.apply(changes)
}
await redis.close()
const reopened = await openRedisStore(options)
const [ours, reference] = [await reopened.load(), await openSqliteStore(path).load()]
const same = isDeepStrictEqual(JSON.parse(JSON.stringify(ours)), JSON.parse(JSON.stringify(reference)))
console.log(
  `${rounds} steps, ${ours.items.length} items, ${ours.history.length} entries: ${same ? 'equal' : 'DIFFERENT'}`,
)

const python = process.env['BEAMTIME_PEERS_PYTHON']
const check = fileURLToPath(new URL('./check.py', import.meta.url))
const read = python === undefined ? null : spawnSync(python, [check, address, prefix], { encoding: 'utf8' })
const expected = JSON.stringify({
  items: ours.items.map(({ item_uid }) => item_uid),
  history: ours.history.length,
})
const theirs = read === null ? 'not run: BEAMTIME_PEERS_PYTHON is not set' : read.stdout.trim()
const theySeeTheSame = read === null || theirs === expected
console.log(
  `the queue server's own class: ${read === null ? theirs : theySeeTheSame ? 'reads and edits the same queue' : `DIFFERENT ${theirs} ${read.stderr}`}`,
)
await reopened.apply([
  { kind: 'clear-items' },
  { kind: 'clear-history' },
  { kind: 'set-running', item: null },
])
await reopened.close()
await dir.close()
process.exit(same && theySeeTheSame ? 0 : 1)
