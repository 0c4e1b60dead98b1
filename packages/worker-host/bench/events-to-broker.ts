/* Events a second of `count` in a worker process into an embedded broker in another process, until the last document is
 * acknowledged. One line of JSON. */
import { cpus } from 'node:os'
import { join } from 'node:path'
import { freePort, tempDir } from '@beamtime/service-kit/testing'
import { killed, readTopic, startBrokerProcess } from '../test/process/broker-process.ts'
import { startHost } from '../test/process/host-process.ts'

const events = 50_000
const folder = tempDir()
const port = await freePort()
const broker = await startBrokerProcess(join(folder.path, 'broker'), port)
const host = await startHost(folder.path, {
  publishDocuments: true,
  bus: { bootstrapServers: [`127.0.0.1:${port}`] },
})
await host.ready()
await host.report(await host.run('fast', [1000]))
const begin = performance.now()
await host.report(await host.run('fast', [events]))
const engineS = (performance.now() - begin) / 1000
await host.manager.request('command_close_env', {})
const allS = (performance.now() - begin) / 1000
await host.manager.request('command_confirm_exit', {})
await host.exit()
const documents = await readTopic(
  port,
  'documents',
  (found) => found.filter(([name]) => name === 'stop').length === 2,
)
await killed(broker, 'SIGTERM')
await folder.close()
const result = {
  name: 'events-to-broker',
  node: process.version,
  cpu: cpus()[0]?.model,
  events,
  documents_on_topic: documents.length,
  events_per_s_engine: Math.round(events / engineS),
  events_per_s_until_acknowledged: Math.round(events / allS),
}
console.log(JSON.stringify(result))
