/** A worker host whose plans do what their name says: started by the manager under test as its worker command. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { startFakeWorker } from '@beamtime/worker-host/testing'
import { existingDevices, existingPlans } from './existing-lists.ts'

const { values } = parseArgs({
  options: { socket: { type: 'string' }, spec: { type: 'string' }, drain: { type: 'boolean' } },
})
if (values.drain === true) process.exit(0)
const spec = JSON.parse(readFileSync(values.spec ?? '', 'utf8')) as { startup: { path?: string } }
if (spec.startup.path?.endsWith('broken') === true) {
  process.stderr.write('SyntaxError: broken startup file\n')
  process.exit(1)
}

const worker = await startFakeWorker({
  socketPath: values.socket ?? '',
  existing: { existing_plans: existingPlans, existing_devices: existingDevices },
})
const { engine } = worker
const startPlan = engine.startPlan.bind(engine)
engine.startPlan = async (plan, metadata) => {
  if (plan.name === 'refused') throw new Error('the worker does not like it')
  await startPlan(plan, metadata)
  if (plan.name === 'count') setImmediate(() => finish())
  if (plan.name === 'fails') setImmediate(() => engine.end('failed', 'ValueError: no'))
  if (plan.name === 'dies') setImmediate(() => process.kill(process.pid, 'SIGKILL'))
}
engine.executeFunction = async (call) => {
  if (call.name === 'fail') throw new Error('the function failed')
  if (call.name === 'finish') engine.end()
  if (call.name === 'finish_later') setTimeout(() => engine.end(), 150)
  if (call.name === 'reach_checkpoint') engine.pause()
  if (call.name === 'function_sleep')
    await new Promise((resolve) => setTimeout(resolve, Number(call.args?.[0]) * 1000))
  return { success: true, args: call.args }
}

function finish(): void {
  engine.run(1)
  engine.end()
}

// As the real host: once it is told that it may, it ends.
void worker.finished.then(() => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
