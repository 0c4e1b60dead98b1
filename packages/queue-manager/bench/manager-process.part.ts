/** The manager of a bench as a process of its own, so that clients do not share its thread. Ends with its parent. */
import { fileURLToPath } from 'node:url'
import { facilityConfig, opsConfig, parseSection } from '@beamtime/service-kit'
import { freePort, tempDir, testContext } from '@beamtime/service-kit/testing'
import { keyvalueConfig, queueConfig, startManager } from '../src/index.ts'

const dir = tempDir()
const control = `tcp://127.0.0.1:${await freePort()}`
const info = `tcp://127.0.0.1:${await freePort()}`
const queue = parseSection(queueConfig, { control, info, publish_documents: false }, { key: 'queue.main' })
const beamtime = fileURLToPath(new URL('../../../bin/beamtime.mjs', import.meta.url))
const service = await startManager(
  {
    name: 'main',
    queue,
    keyvalue: parseSection(keyvalueConfig, {}, { key: 'keyvalue' }),
    bus: { bootstrapServers: ['127.0.0.1:1'] },
    facility: parseSection(facilityConfig, {}, { key: 'facility' }),
    ops: parseSection(opsConfig, { shutdown_s: 10 }, { key: 'ops' }),
    workerCommand: [process.execPath, beamtime, 'worker-host'],
  },
  testContext({ dataDir: dir.path, role: 'queue@main' }),
)
process.on('message', (message) => {
  if (message === 'memory') process.send?.({ rssMib: Math.round(process.memoryUsage().rss / 2 ** 20) })
})
process.once('disconnect', () => {
  void service
    .close()
    .then(() => dir.close())
    .then(() => process.exit(0))
})
process.send?.({ control })
