/** A manager as a process of its own, to be killed. Arguments: data folder, control port, info port. */
import { facilityConfig, opsConfig, parseSection } from '@beamtime/service-kit'
import { testContext } from '@beamtime/service-kit/testing'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { keyvalueConfig, queueConfig, startManager } from '../src/index.ts'

const [, , dataDir = '', control = '', info = ''] = process.argv
const queue = parseSection(
  queueConfig,
  {
    control: `tcp://127.0.0.1:${control}`,
    info: `tcp://127.0.0.1:${info}`,
    startup_dir: join(dataDir, 'startup'),
    publish_documents: false,
  },
  { key: 'queue.main' },
)
await startManager(
  {
    name: 'main',
    queue,
    keyvalue: parseSection(keyvalueConfig, {}, { key: 'keyvalue' }),
    bus: { bootstrapServers: ['127.0.0.1:1'] },
    facility: parseSection(facilityConfig, {}, { key: 'facility' }),
    ops: parseSection(opsConfig, {}, { key: 'ops' }),
    workerCommand: [process.execPath, fileURLToPath(new URL('./fake-worker-program.ts', import.meta.url))],
    supervisorPid: null,
  },
  testContext({ dataDir, role: 'queue@main' }),
)
process.stdout.write('ready\n')
