/* Started by crash.test.ts: writes the records of a file of length-prefixed documents from the position of the catalog on,
 * and says after each committed batch how far it is. Killed in between. */
import { readFileSync } from 'node:fs'
import { CatalogWriter } from '../src/index.ts'

const [catalogFile = '', recordFile = ''] = process.argv.slice(2)
const bytes = readFileSync(recordFile)
const records: Buffer[] = []
for (let at = 0; at < bytes.length;) {
  const size = bytes.readUInt32LE(at)
  records.push(bytes.subarray(at + 4, at + 4 + size))
  at += 4 + size
}
const writer = new CatalogWriter(catalogFile)
const stored = writer.positions()[0]?.offset ?? -1n
// A consumer that was killed between write and commit gets some records again.
for (let from = Math.max(Number(stored) - 300, 0); from < records.length;) {
  const batch = records.slice(from, from + 97)
  const rejected = writer.apply(
    batch.map((value, i) => ({
      bytes: value,
      position: { topic: 't', partition: 0, offset: BigInt(from + i) },
    })),
  )
  if (rejected.length > 0) throw new Error(rejected[0]?.message)
  from += batch.length
  process.stdout.write(`${from}\n`)
}
writer.close()
process.stdout.write('done\n')
