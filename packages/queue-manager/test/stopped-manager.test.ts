/** What a manager has answered reaches its clients, also when the last thing that it is told is to stop. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { freePort, tempDir, waitFor } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { Dealer } from 'zeromq'

const program = join(import.meta.dirname, '../../../bin/start-re-manager.mjs')
function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ host: '127.0.0.1', port })
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}

const times = 3

test('large answers and that of manager_stop arrive, and the program ends with 0', async () => {
  const dir = tempDir()
  const port = await freePort()
  const address = `tcp://127.0.0.1:${port}`
  const manager = spawn(
    process.execPath,
    [program, `--zmq-control-addr=${address}`, `--data=${dir.path}`, '--silent'],
    { stdio: 'inherit' },
  )
  const ended = once(manager, 'exit')
  const client = new Dealer({ linger: 0, receiveTimeout: 60_000, receiveHighWaterMark: 1 })
  client.connect(address)
  const send = async (method: string, params = {}): Promise<void> =>
    await client.send(['', JSON.stringify({ method, params })])
  const answer = async (): Promise<Record<string, unknown>> =>
    JSON.parse(String((await client.receive()).at(-1))) as Record<string, unknown>
  // Plans would have to wait until the lists of the demo are made.
  const item = { item_type: 'instruction', name: 'queue_stop', meta: { text: 'x'.repeat(10_000) } }
  try {
    await send('queue_item_add_batch', { items: Array(1_500).fill(item), user: 'u', user_group: 'primary' })
    expect(await answer()).toMatchObject({ success: true, qsize: 1_500 })
    // More than the system's buffers hold, so that most of it is still in the process when it is told to end.
    for (let time = 0; time < times; time += 1) await send('queue_get')
    await send('manager_stop')
    // Nothing is read meanwhile. Once nobody listens any more, the manager has closed its sockets and is about to go.
    await waitFor(async () => !(await isListening(port)), {
      timeoutMs: 60_000,
      what: 'the end of the socket',
    })
    for (let time = 0; time < times; time += 1) {
      expect(await answer()).toMatchObject({ success: true, items: { length: 1_500 } })
    }
    expect(await answer()).toEqual({ success: true, msg: '' })
    expect(await ended).toEqual([0, null])
  } finally {
    manager.kill('SIGTERM')
    await ended
    client.close()
    await dir.close()
  }
}, 120_000)
