/** Adds items for ever and says so after each; killed by its test. */
import { openSqliteStore } from '../src/index.ts'

const store = openSqliteStore(process.argv[2] ?? '')
await store.load()
for (let n = 0; ; n += 1) {
  await store.apply([{ kind: 'insert-items', index: n, items: [{ item_uid: `i${n}` }] }])
  process.stdout.write(`${n}\n`)
  if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
}
