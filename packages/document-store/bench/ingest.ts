/* Documents a second into a catalog: decode, check, recognise repeats, index, log, columns, commit. Prints one JSON line.
 * `runs`: 200 runs of 100 points; `long`: one run of 50 000 points; `repeat`: the same records a second time.
 * Peer: suitcase-mongo inserts event by event, one round trip each; bluesky/bluesky#177 gives 1 400 events/s from a flyer. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CatalogWriter } from '../src/index.ts'
import { demoRun } from './demo-runs.part.ts'

const dir = mkdtempSync(join(tmpdir(), 'bt-ingest-'))
const path = join(dir, 'bench.sqlite')
const writer = new CatalogWriter(path)
let offset = 0n

function rate(documents: readonly Uint8Array[]): number {
  const start = performance.now()
  for (let from = 0; from < documents.length; from += 1000) {
    const rejected = writer.apply(
      documents
        .slice(from, from + 1000)
        .map((bytes) => ({ bytes, position: { topic: 't', partition: 0, offset: offset++ } })),
    )
    if (rejected.length > 0) throw new Error(rejected[0]?.message)
  }
  return Math.round(documents.length / ((performance.now() - start) / 1000))
}

const warmUp = Array.from({ length: 20 }, (_, i) => [...demoRun(10_000 + i, 100)]).flat()
const runs = Array.from({ length: 200 }, (_, i) => [...demoRun(i, 100)]).flat()
const long = [...demoRun(5000, 50_000)]
rate(warmUp)
const result = {
  name: 'document-store ingest',
  node: process.version,
  unit: 'documents/s',
  warmUpDocuments: warmUp.length,
  runs: rate(runs),
  long: rate(long),
  repeat: rate(runs),
  samples: 1,
  bytesPerDocument: Math.round(statSync(path).size / (runs.length + long.length + warmUp.length)),
  heapMiB: Math.round(process.memoryUsage().heapUsed / 1_048_576),
}
writer.close()
rmSync(dir, { recursive: true })
console.log(JSON.stringify(result))
