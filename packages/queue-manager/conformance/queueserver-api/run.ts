/** Starts start-re-manager with the native worker on free ports and runs check.py against it; the last case stops the
 * manager. Environment: BEAMTIME_PEERS_PYTHON. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort, tempDir } from '@beamtime/service-kit/testing'

const dir = tempDir()
const control = `tcp://127.0.0.1:${await freePort()}`
const info = `tcp://127.0.0.1:${await freePort()}`
const proxyInput = await freePort()
const program = fileURLToPath(new URL('../../../../bin/start-re-manager.mjs', import.meta.url))
const manager = spawn(
  process.execPath,
  [
    program,
    '--worker=native',
    `--zmq-control-addr=${control}`,
    `--zmq-info-addr=${info}`,
    '--zmq-publish-console=ON',
    '--console-output=OFF',
    `--zmq-data-proxy-addr=localhost:${proxyInput}`,
    `--data=${dir.path}`,
  ],
  { stdio: 'inherit' },
)
const managerEnd = once(manager, 'exit') as Promise<[number | null, string | null]>
const check = fileURLToPath(new URL('./check.py', import.meta.url))
const child = spawn(
  process.env['BEAMTIME_PEERS_PYTHON'] ?? 'python3',
  [check, control, info, String(proxyInput)],
  {
    stdio: 'inherit',
  },
)
const [code] = (await once(child, 'exit')) as [number | null]
if (code !== 0) manager.kill('SIGTERM')
const late = setTimeout(() => manager.kill('SIGKILL'), 15_000)
const [managerCode] = await managerEnd
clearTimeout(late)
await dir.close()
if (code === 0 && managerCode !== 0) {
  process.stderr.write(`start-re-manager ended with ${managerCode} after manager_stop\n`)
}
process.exit(code === 0 && managerCode === 0 ? 0 : 1)
