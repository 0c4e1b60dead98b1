/** Starts a manager with the real worker host on free ports and runs check.py against it. Environment: BEAMTIME_PEERS_PYTHON. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { facilityConfig, opsConfig, parseSection } from '@beamtime/service-kit'
import { freePort, tempDir, testContext } from '@beamtime/service-kit/testing'
import { keyvalueConfig, queueConfig, startManager } from '../../src/index.ts'

const dir = tempDir()
const control = `tcp://127.0.0.1:${await freePort()}`
const info = `tcp://127.0.0.1:${await freePort()}`
const queue = parseSection(queueConfig, { control, info, publish_documents: false }, { key: 'queue.main' })
const manager = await startManager(
  {
    name: 'main',
    queue,
    keyvalue: parseSection(keyvalueConfig, {}, { key: 'keyvalue' }),
    bus: { bootstrapServers: ['127.0.0.1:1'] },
    facility: parseSection(facilityConfig, {}, { key: 'facility' }),
    ops: parseSection(opsConfig, { shutdown_s: 10 }, { key: 'ops' }),
    workerCommand: [
      process.execPath,
      fileURLToPath(new URL('../../../../bin/beamtime.mjs', import.meta.url)),
      'worker-host',
    ],
    supervisorPid: process.pid,
  },
  testContext({ dataDir: dir.path, role: 'queue@main' }),
)
// The demo's lists are made without an environment; the first case wants them.
await new Promise((resolve) => setTimeout(resolve, 3000))
const check = fileURLToPath(new URL('./check.py', import.meta.url))
const child = spawn(process.env['BEAMTIME_PEERS_PYTHON'] ?? 'python3', [check, control, info], {
  stdio: 'inherit',
})
const [code] = (await once(child, 'exit')) as [number | null]
await manager.close()
await dir.close()
process.exit(code ?? 1)
