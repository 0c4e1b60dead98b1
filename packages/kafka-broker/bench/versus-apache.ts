/* The embedded broker beside Apache Kafka: the same clients, the same disk, in turns, on a machine that both share with the
 * clients. node bench/versus-apache.ts [--rounds 3] [WORD ...]; words choose rows. Prints a JSON line a row and a table. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { quantile, report } from './bench-client.part.ts'
import { diskMbPerS, loopbackMbPerS } from './versus-apache-limits.part.ts'
import { type Figures, python, type Row, rows } from './versus-apache-rows.part.ts'
import {
  apacheMissing,
  apacheVersion,
  type BenchServer,
  residentMb,
  type ServerName,
  startApache,
  startOurs,
} from './versus-apache-servers.part.ts'

const { values: options, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' } },
})

/** Figures where less is better. */
const isLess = (figure: string): boolean => /Ms$|Mb$/.test(figure)

const median = (numbers: readonly number[]): number => quantile(numbers, 0.5)

type Measured = Readonly<Record<ServerName, readonly Figures[]>>

const table: string[] = []

function tell(row: string, measured: Measured, limits: Readonly<Record<string, number>> = {}): void {
  for (const figure of Object.keys(measured.ours[0] ?? {})) {
    const of = (name: ServerName): number => median(measured[name].map((one) => one[figure] ?? Number.NaN))
    const [ours, apache] = [of('ours'), of('apache')]
    // Above 1: ours is better.
    const ratio = isLess(figure) ? apache / ours : ours / apache
    const shares =
      figure === 'mbPerS'
        ? Object.fromEntries(Object.entries(limits).map(([name, limit]) => [`shareOf${name}`, ours / limit]))
        : {}
    report('kafka-broker/versus-apache', {
      row,
      figure,
      ours,
      apache,
      ratio,
      samples: measured.ours.length,
      ...shares,
    })
    const cells = [row, figure, ours.toPrecision(4), apache.toPrecision(4), ratio.toFixed(2)]
    table.push(`| ${cells.join(' | ')} |`)
  }
}

async function measure(row: Row, servers: readonly BenchServer[], rounds: number): Promise<Measured> {
  const measured: Record<ServerName, Figures[]> = { ours: [], apache: [] }
  for (let round = 0; round < rounds; round++) {
    // Who goes first changes, and what the one has left to write back does not slow the other.
    const order = round % 2 === 0 ? servers : servers.toReversed()
    for (const server of order) {
      const topic = `bench-${rows.indexOf(row)}-${round}`
      measured[server.name].push(await row.measure(server, topic))
      execFileSync('sync')
    }
  }
  return measured
}

const missing = apacheMissing() ?? (existsSync(python) ? null : 'run tools/peers/kafka-clients.sh once')
if (missing !== null) {
  console.log(JSON.stringify({ name: 'kafka-broker/versus-apache', skipped: missing }))
  process.exit(0)
}
const directory = mkdtempSync(join(process.env['BEAMTIME_BENCH_DIRECTORY'] ?? tmpdir(), 'bt-versus-'))
const rounds = Math.max(1, Number(options.rounds))
const servers: BenchServer[] = []
/** Leaves no broker behind, also after Ctrl-C. */
async function end(): Promise<void> {
  for (const server of servers.splice(0)) await server.close()
  rmSync(directory, { recursive: true, force: true })
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void end().finally(() => process.exit(130)))
try {
  const starts: Record<ServerName, Figures[]> = { ours: [], apache: [] }
  for (let round = 0; round < rounds; round++) {
    for (const server of servers.splice(0)) await server.close()
    servers.push(await startOurs(join(directory, `ours-${round}`)))
    servers.push(await startApache(join(directory, `apache-${round}`)))
    for (const { name, startMs } of servers) starts[name].push({ startToFirstProduceMs: startMs })
  }
  const limits = { Loopback: await loopbackMbPerS(), PageCache: 0, Disk: 0 }
  const { cache, disk } = diskMbPerS(directory)
  Object.assign(limits, { PageCache: cache, Disk: disk })
  report('kafka-broker/versus-apache', {
    row: 'limits of the machine',
    loopbackMbPerS: limits.Loopback,
    pageCacheMbPerS: cache,
    diskMbPerS: disk,
    peer: `Apache Kafka ${apacheVersion()}`,
    load: loadavg()[0],
  })
  tell('start', starts)
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  const memory = (): Measured => {
    const of = (name: ServerName): Figures[] =>
      servers.filter((server) => server.name === name).map((server) => ({ residentMb: residentMb(server) }))
    return { ours: of('ours'), apache: of('apache') }
  }
  tell('memory at rest', memory())
  for (const row of rows) {
    if (words.length > 0 && !words.some((word) => row.name.includes(word))) continue
    tell(row.name, await measure(row, servers, rounds), limits)
  }
  tell('memory after the load', memory())
} finally {
  await end()
}
console.log(
  [
    '',
    `| row | figure | ours | Apache Kafka ${apacheVersion()} | ours is better by |`,
    '| --- | --- | ---: | ---: | ---: |',
    ...table,
  ].join('\n'),
)
