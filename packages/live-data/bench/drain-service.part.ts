/* The service of drain.ts: node drain-service.part.ts ADDRESS INSTRUMENT WORKFLOW SOURCE. Reads the topic from its beginning. */
import { openBus } from '@beamtime/bus'
import { LiveDataCore } from '../src/core/live-data-core.ts'
import { serviceStreams } from '../src/core/service-streams.ts'
import { streamTable } from '../src/core/stream-table.ts'
import { instrumentNamed } from '../src/instruments/registry.ts'
import { noGeometry } from '../src/service/geometry-files.ts'
import { workflowsOf } from '../src/workflows/catalog.ts'

const [, , address = '', name = '', workflow = '', source = ''] = process.argv
const instrument = instrumentNamed(name)
const workflows = workflowsOf(instrument, noGeometry)
const service =
  workflow === 'none'
    ? 'detector_data'
    : (workflows.find((each) => each.name === workflow)?.service ?? 'detector_data')
const table = streamTable(instrument, { dev: false })
const streams = serviceStreams(service, { instrument, table, workflows })
const core = new LiveDataCore({
  instrument,
  service,
  workflows,
  table,
  wants: streams.wants,
  reporter: { version: '0', host: 'h', pid: 1 },
  workerId: 'w',
  newId: () => 'id',
  startedAtMs: 0,
})
core.step({
  kind: 'command',
  record: {
    key: null,
    value: Buffer.from(
      JSON.stringify({
        kind: 'workflow_config',
        identifier: `${name}/${workflow}/1`,
        message_id: 'm',
        job_id: { source_name: source, job_number: 'j' },
        params: {},
      }),
    ),
  },
  nowMs: 0,
})
const topic = table.entries().find(({ stream }) => stream === source)?.topic ?? ''
const bus = openBus({ bootstrapServers: [address], clientId: 'drain' })
const { earliest, latest } = (await bus.admin.offsets(topic))[0] ?? { earliest: 0n, latest: 0n }
const total = Number(latest - earliest)
let seen = 0
let results = 0
const stop = new AbortController()
const fromMs = performance.now()
const cpuFrom = process.cpuUsage()
await bus.tail({
  topic,
  from: 'earliest',
  signal: stop.signal,
  onRecords: (records) => {
    const some = records.flatMap(({ value, timestampMs }) =>
      value === null ? [] : [{ topic, value, timestampMs }],
    )
    results += core.step({ kind: 'records', records: some, nowMs: Date.now() }).length
    results += core.step({ kind: 'tick', nowMs: Date.now() }).length
    seen += records.length
    if (seen >= total) stop.abort()
  },
})
const cpu = process.cpuUsage(cpuFrom)
process.send?.({
  wallS: (performance.now() - fromMs) / 1_000,
  cpuS: (cpu.user + cpu.system) / 1e6,
  counted: core.counts.events,
  results,
  rssMb: process.memoryUsage.rss() / 1_048_576,
})
await bus.close()
