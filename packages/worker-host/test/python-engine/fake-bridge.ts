/* Plays the Python end: `node fake-bridge.ts MODE -u run_worker.py CONTROL DOCUMENTS`. Each mode is one behaviour. */
import { createConnection, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { encodeMsgpack } from '@beamtime/event-model'

const [mode = '', , , controlPath = '', documentsPath = ''] = process.argv.slice(2)
if (mode === 'exits') {
  process.stderr.write('no such module\n')
  process.exit(3)
}
const control = createConnection(controlPath)
const documents = createConnection(documentsPath)
await Promise.all(
  [control, documents].map((socket) => new Promise((resolve) => socket.once('connect', resolve))),
)
const say = (message: unknown): void => void control.write(`${JSON.stringify(message)}\n`)
say({
  event: 'hello',
  pid: process.pid,
  problem: mode === 'unusable' ? { msg: 'bluesky is missing', traceback: 'ImportError' } : null,
})
control.on('close', () => process.exit(1))

let number = 0
function send(document: readonly [string, unknown]): Promise<Buffer> {
  number += 1
  const payload = encodeMsgpack(document)
  const header = Buffer.alloc(8)
  header.writeUInt32BE(number, 0)
  header.writeUInt32BE(payload.length, 4)
  documents.write(Buffer.concat([header, payload]))
  return new Promise((resolve) => documents.once('data', resolve))
}

const start = { uid: 'run-1', time: 1, energy: 7 }

async function runPlan(answers: Socket): Promise<void> {
  void answers
  say({ event: 'state', re_state: 'running', deferred: false })
  const answer = await send(['start', start])
  say({ event: 'console', msg: `status ${answer[4]}\n` })
  if (answer[4] === 1) {
    say({ event: 'admit', number: 1 })
    return
  }
  end(answer[4] === 2 ? answer.subarray(9).toString() : '')
}

function end(error: string): void {
  say({ event: 'state', re_state: 'idle', deferred: false })
  say({ event: 'ended', state: error === '' ? 'completed' : 'failed', error, traceback: error })
}

const lists = { existing_plans: { count: { name: 'count' } }, existing_devices: {} }

for await (const line of createInterface({ input: control })) {
  const request = JSON.parse(line) as { id: number; op: string; error?: string }
  switch (request.op) {
    case 'open':
      if (mode === 'dies-while-loading') process.exit(4)
      if (mode === 'fails') say({ id: request.id, ok: false, msg: 'Error in 00.py', traceback: 'NameError' })
      else say({ id: request.id, ok: true, result: { ...lists, re_state: 'idle' } })
      break
    case 'start_plan':
      say({ id: request.id, ok: true, result: null })
      if (mode === 'dies') process.kill(process.pid, 'SIGKILL')
      else if (mode === 'babbles') control.write('}{\n')
      else void runPlan(control)
      break
    case 'answer':
      end(request.error ?? '')
      break
    case 'close':
      if (mode !== 'stays') process.exit(0)
      break
    default:
      say({ id: request.id, ok: false, rejected: true, msg: `no ${request.op}`, traceback: '' })
  }
}
