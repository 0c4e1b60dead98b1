/* End to end from Kafka: how fast one service process reduces a topic that is full already. The broker is a process of its
 * own; rates are events per second of wall time and per second of the service's processor time. Target: 2e7 per core. */
import { execSync, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBus } from '@beamtime/bus'
import { eventMessages, eventsPerMessage, fillTopic } from './event-topic.part.ts'

const pulses = 14 * 5
const messagesPerPulse = 115 // 1.43e6 events a pulse, 2e7 a second
const startNs = 1_700_000_000_000_000_000n
const directory = mkdtempSync(join(tmpdir(), 'bt-live-bench-'))
const broker = fork(join(import.meta.dirname, 'broker.part.ts'), [join(directory, 'broker')])
const port = await new Promise<number>((resolve) => broker.once('message', (told) => resolve(Number(told))))
const address = `127.0.0.1:${port}`
const bus = openBus({ bootstrapServers: [address], clientId: 'bench' })
const commit = execSync('git rev-parse --short HEAD', { encoding: 'utf8', cwd: import.meta.dirname }).trim()
const place = { commit, node: process.version, cpu: `${cpus().length} x ${cpus()[0]?.model ?? ''}` }

try {
  for (const { instrument, workflow, topic, source, pixels } of [
    {
      instrument: 'dummy',
      workflow: 'panel_0_xy',
      topic: 'dummy_detector',
      source: 'panel_0',
      pixels: 16_384,
    },
    {
      instrument: 'odin',
      workflow: 'odin_detector_xy',
      topic: 'odin_detector',
      source: 'timepix3',
      pixels: 4096 ** 2,
    },
    {
      instrument: 'dummy',
      workflow: 'monitor_histogram',
      topic: 'dummy_beam_monitor',
      source: 'monitor1',
      pixels: 1,
    },
  ]) {
    await bus.ensureTopics([
      { name: topic, configs: { 'max.message.bytes': '104857600', 'retention.bytes': '10000000000' } },
    ])
    await fillTopic(bus, {
      topic,
      pulses,
      messagesPerPulse,
      startNs,
      make: eventMessages({ source, pixels }),
    })
    const service = fork(join(import.meta.dirname, 'drain-service.part.ts'), [
      address,
      instrument,
      workflow,
      source,
    ])
    const figures = await new Promise<Record<string, number>>((resolve, reject) => {
      service.once('message', (told) => resolve(told as Record<string, number>))
      service.once('exit', (code) => reject(new Error(`the service ended with ${code}`)))
    })
    const events = pulses * messagesPerPulse * eventsPerMessage
    const { wallS = 1, cpuS = 1, counted = 0, rssMb = 0 } = figures
    console.log(
      JSON.stringify({
        name: 'live-data/drain',
        of: `${workflow} of ${instrument}`,
        events,
        counted,
        eventsPerS: Number((counted / wallS).toPrecision(3)),
        eventsPerCpuS: Number((counted / cpuS).toPrecision(3)),
        rssMb: Math.round(rssMb),
        load: loadavg()[0],
        ...place,
      }),
    )
    service.disconnect()
    await bus.admin.deleteTopics([topic])
  }
} finally {
  await bus.close()
  broker.disconnect()
  await new Promise((resolve) => broker.once('exit', resolve))
  rmSync(directory, { recursive: true, force: true })
}
