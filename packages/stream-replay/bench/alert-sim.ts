/* rubin-alert-sim as its README has it: 792 alerts of one CCD preloaded and played. All are due at once, so the rate is that of
 * the program. The peer's figure stands in its README: sent 792 alerts in 1.67s (474.58/s). */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { writeAlertFile } from '../src/alerts/alert-samples.ts'
import { openBench } from './made-stream.part.ts'
import { median, report, secondsSince } from './report.part.ts'

const program = join(import.meta.dirname, '../../../bin/rubin-alert-sim.mjs')
const samples = 5
const bench = await openBench()
const file = join(bench.folder, 'ccd.avro')
const madeMs = performance.now()
await writeAlertFile(file, { visits: 1, detectors: 1, alerts: 792 })
report('replay/alert-sim', { of: 'alerts made and compressed with snappy', perS: 792 / secondsSince(madeMs) })

/** What the program says on standard error. */
function run(...args: readonly string[]): string {
  const shell = `"$0" "$@" 2>&1 >/dev/null`
  return execFileSync('sh', ['-c', shell, process.execPath, program, ...args], { encoding: 'utf8' })
}

const broker = `127.0.0.1:${bench.port}`
const createdMs = performance.now()
run('create-stream', '-B', broker, '--force', file)
report('replay/alert-sim', {
  of: 'create-stream, start of the program included',
  perS: 792 / secondsSince(createdMs),
})
const rates = Array.from({ length: samples }, () =>
  Number(/\(([\d.]+)\/s\)/.exec(run('-v', 'play-stream', '-B', broker, '--force'))?.[1]),
)
report('replay/alert-sim', { of: 'play-stream', perS: median(rates), peerPerS: 474.58, samples })
await bench.close()
