// Time of the command line from its start to its end, as a person waits for it. One JSON line a command.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'

const launcher = join(import.meta.dirname, '../../../bin/beamtime.mjs')
const data = mkdtempSync(join(tmpdir(), 'bt-bench-'))
const commands: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['node alone', ['-e', '0']],
  ['beamtime --version', [launcher, '--version']],
  ['beamtime --help', [launcher, '--help']],
  ['beamtime status', [launcher, 'status', '--data', data]],
  ['beamtime runs list (no catalog)', [launcher, 'runs', 'list', '--data', data]],
]
const warmUp = 2
const samples = 15

for (const [name, args] of commands) {
  const times: number[] = []
  for (let run = 0; run < warmUp + samples; run++) {
    const started = performance.now()
    spawnSync(process.execPath, [...args], { stdio: 'ignore' })
    if (run >= warmUp) times.push(performance.now() - started)
  }
  times.sort((a, b) => a - b)
  const at = (share: number): number =>
    Number((times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(1))
  console.log(
    JSON.stringify({
      name: 'cli start',
      command: name,
      median_ms: at(0.5),
      p99_ms: at(0.99),
      samples,
      warm_up: warmUp,
      target_ms: 100,
      node: process.versions.node,
      cpu: cpus()[0]?.model,
    }),
  )
}
rmSync(data, { recursive: true, force: true })
