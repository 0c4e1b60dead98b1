/* A detector at a steady rate, live: how far results lag behind the data, and what one service process takes for it. A broker
 * and a source of pre-made messages (12 400 events each, 14 pulses a second) are processes of their own, so three share the
 * machine. Targets: 2e7 events/s, lag of at most one window, memory of 3 times the histograms + 300 MB. */
import { execSync, fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'

const seconds = Number(process.env['BENCH_SECONDS'] ?? 20)
const rates = (process.env['BENCH_RATES'] ?? '1e6,5e6,1e7,2e7').split(',').map(Number)
const here = import.meta.dirname
const commit = execSync('git rev-parse --short HEAD', { encoding: 'utf8', cwd: here }).trim()
const place = { commit, node: process.version, cpu: `${cpus().length} x ${cpus()[0]?.model ?? ''}` }

for (const rate of rates) {
  const directory = mkdtempSync(join(tmpdir(), 'bt-live-rate-'))
  const broker = fork(join(here, 'broker.part.ts'), [join(directory, 'broker')])
  const port = await told<number>(broker)
  const service = fork(join(here, 'live-rate-service.part.ts'), [`127.0.0.1:${port}`, directory])
  await told(service)
  const source = fork(join(here, 'live-rate-source.part.ts'), [
    `127.0.0.1:${port}`,
    String(rate),
    String(seconds),
  ])
  const sent = await told<{ events: number; behindS: number }>(source)
  service.send('report')
  const figures = await told<Record<string, number>>(service)
  const load = loadavg()[0]
  const achieved = sent.events / (seconds + sent.behindS)
  console.log(
    JSON.stringify({
      name: 'live-data/live-rate',
      wanted: rate,
      achieved: Math.round(achieved),
      ...figures,
      load,
      ...place,
    }),
  )
  for (const child of [source, service, broker]) {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (child.connected) child.disconnect()
    await ended
  }
  rmSync(directory, { recursive: true, force: true })
}

function told<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T))
    child.once('exit', (code) => reject(new Error(`a part ended with ${code}`)))
  })
}
