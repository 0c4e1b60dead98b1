/* Events a second of `count` on one detector through engine, validation, spool and sink into a transport that
 * acknowledges at once. The bound asked for: 20,000. One line of JSON. */
import { cpus } from 'node:os'
import { RunEngine, count, standardDevices } from '@beamtime/run-engine'
import { silentLogger } from '@beamtime/service-kit'
import { tempDir } from '@beamtime/service-kit/testing'
import type { NamedDocument } from '@beamtime/event-model'
import { openSpooledSink } from '../src/sink/open-sink.ts'

const events = 50_000
const folder = tempDir()
let delivered = 0
const sink = openSpooledSink({
  spec: { spoolDir: folder.path, spoolMaxBytes: 1e10, onUnavailable: 'spool' },
  transport: {
    prepare: () => Promise.resolve(),
    send: (_key, payloads) => {
      delivered += payloads.length
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  },
  log: silentLogger,
  onState: () => undefined,
})
const { det } = standardDevices() as { det: Parameters<typeof count>[0][number] }

async function run(withSink: boolean): Promise<number> {
  const engine = new RunEngine()
  if (withSink) {
    engine.subscribe((name, doc) => sink.write([name, doc] as unknown as NamedDocument), 'all', {
      critical: true,
    })
  }
  const begin = performance.now()
  await engine.run(count([det], events))
  return (performance.now() - begin) / 1000
}

await run(false)
const withoutS = await run(false)
const withS = await run(true)
const begin = performance.now()
await sink.flush(10_000)
const drainMs = performance.now() - begin
await sink.close()
await folder.close()
const result = {
  name: 'events-through-sink',
  node: process.version,
  cpu: cpus()[0]?.model,
  events,
  delivered,
  events_per_s_without_sink: Math.round(events / withoutS),
  events_per_s: Math.round(events / withS),
  us_per_document: Math.round(((withS - withoutS) / events) * 1e7) / 10,
  drain_ms: Math.round(drainMs),
}
console.log(JSON.stringify(result))
