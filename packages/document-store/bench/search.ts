/* Lists, facets and tables of a catalog of 100 000 runs (BENCH_RUNS changes that), read by a second connection. Prints one
 * JSON line. Budgets: list or search 50 ms, facets 150 ms, a table of 100 000 rows decimated 200 ms. */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unixSeconds } from '@beamtime/event-model'
import { CatalogWriter, openCatalog, type RunQuery } from '../src/index.ts'
import { demoRun } from './demo-runs.part.ts'
import { quantiles } from './samples.part.ts'

const total = Number(process.env['BENCH_RUNS'] ?? 100_000)
const kept = process.env['BENCH_CATALOG']
const dir = mkdtempSync(join(tmpdir(), 'bt-search-'))
const path = kept ?? join(dir, 'bench.sqlite')
const longRun = total + 7

const seedStart = performance.now()
if (!existsSync(path)) {
  const writer = new CatalogWriter(path, { sync: 'none' })
  for (let i = 0; i < total; i += 50) {
    const documents = Array.from({ length: 50 }, (_, k) => [...demoRun(i + k, 2)]).flat()
    writer.apply(documents.map((bytes) => ({ bytes })))
  }
  const long = [...demoRun(longRun, 100_000)]
  for (let from = 0; from < long.length; from += 1000)
    writer.apply(long.slice(from, from + 1000).map((bytes) => ({ bytes })))
  writer.close()
}
const seedSeconds = Math.round((performance.now() - seedStart) / 100) / 10

const catalog = openCatalog(path)
const now = unixSeconds(1_760_000_000 + total * 300)
function time(samples: number, work: () => void): { median: number; p99: number } {
  const times: number[] = []
  for (let i = 0; i < samples; i++) {
    const start = performance.now()
    work()
    times.push(performance.now() - start)
  }
  return quantiles(times)
}
const list = (query: RunQuery) => time(20, () => void catalog.list({ now, ...query }))
const first = catalog.list({ limit: 1 })
const found = catalog.find(String(longRun + 1))
const uid = found.kind === 'one' ? found.uid : ''
const coldFacets = time(1, () => void catalog.list({ facets: true, limit: 50, spark: true }))

console.log(
  JSON.stringify({
    name: 'document-store search',
    node: process.version,
    unit: 'ms',
    runs: first.total,
    samples: 20,
    seedSeconds,
    fileMiB: Math.round(statSync(path).size / 1_048_576),
    open: list({ limit: 50, spark: true }),
    jumpToMiddle: list({ offset: total >> 1 }),
    plan: list({ q: 'plan:grid_scan' }),
    samplePart: list({ q: 'sample:FeO' }),
    words: list({ q: 'beam lost' }),
    commonWord: list({ q: 'measured' }),
    several: list({ q: 'sample:FeO plan:scan user:mara since:30d' }),
    metadata: list({ q: 'md.temperature>299' }),
    motor: list({ q: 'motor:th status:abort' }),
    sortedBySample: list({ sort: 'sample' }),
    facetsCold: coldFacets.median,
    facetsAgain: list({ facets: true }),
    facetsOfPlan: list({ q: 'plan:scan', facets: true }),
    facetsOfWord: list({ q: 'measured', facets: true }),
    tableAll100k: time(5, () => void catalog.table(uid, 'primary')),
    tableDecimated100k: time(5, () => void catalog.table(uid, 'primary', { decimate: 2000 })),
    tableWindow200: time(20, () => void catalog.table(uid, 'primary', { first: 90_000, n: 200 })),
    findLatest: time(20, () => void catalog.find('-1')),
    heapMiB: Math.round(process.memoryUsage().heapUsed / 1_048_576),
  }),
)
catalog.close()
rmSync(dir, { recursive: true })
