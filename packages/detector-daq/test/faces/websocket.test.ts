import { readdirSync } from 'node:fs'
import { waitFor } from '@beamtime/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { call, runDaq, type RunningDaq } from '../service/running-daq.ts'

let daq: RunningDaq
beforeAll(async () => {
  daq = await runDaq({ number_of_writers: 2 })
})
afterAll(() => daq.close())

interface Client {
  readonly messages: string[]
  send(message: object | string): void
  /** States without repeats. */
  states(): string[]
  readonly closed: Promise<number>
  close(): void
}

async function connect(): Promise<Client> {
  const socket = new WebSocket(`${daq.websocket}/any/path`)
  const messages: string[] = []
  socket.on('message', (data: Buffer) => messages.push(data.toString()))
  const closed = new Promise<number>((resolve) => void socket.once('close', resolve))
  await new Promise<void>((resolve) => void socket.once('open', () => resolve()))
  return {
    messages,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    states: () => {
      const all = messages.map((text) => String((JSON.parse(text) as { status: string }).status))
      return all.filter((state, at) => state !== all[at - 1])
    },
    closed,
    close: () => socket.close(),
  }
}

test('a run goes through its states, and every client sees the end', async () => {
  const [one, other] = [await connect(), await connect()]
  one.send({ command: 'start', path: daq.folder, file_prefix: 'run', n_image: 6 })
  await waitFor(() => one.states().includes('file_saved') && other.states().includes('file_saved'))
  await waitFor(() => one.states().at(-1) === 'idle')
  const expected = [
    'idle',
    'creating_file',
    'waiting_for_first_image',
    'recording',
    'saving_file',
    'file_saved',
    'idle',
  ]
  // A short run may be saved before its recording was told.
  expect(expected.filter((state) => one.states().includes(state))).toEqual(one.states())
  expect(one.states()).toEqual(expect.arrayContaining(['creating_file', 'file_saved']))
  expect(one.messages.find((text) => text.includes('recording'))).toMatch(
    /^\{"count":\d+,"status":"recording"\}$/,
  )
  expect(readdirSync(daq.folder).filter((name) => name.startsWith('run'))).toEqual(['run0.h5', 'run1.h5'])
  one.close()
  other.close()
})

test('a busy driver refuses a second run, and stop ends the first one', async () => {
  const client = await connect()
  client.send({ command: 'start', path: daq.folder, file_prefix: 'long' })
  await waitFor(() => client.states().includes('recording'))
  client.send({ command: 'start', path: daq.folder, file_prefix: 'other' })
  await waitFor(() => client.messages.includes('{"reason":"driver is busy!","status":"rejected"}'))
  client.send({ command: 'stop' })
  await waitFor(() => client.states().includes('file_saved'))
  expect(readdirSync(daq.folder)).not.toContain('other0.h5')
  client.close()
})

test('a run goes on when its client is gone', async () => {
  const client = await connect()
  client.send({ command: 'start', path: daq.folder, file_prefix: 'alone', n_image: 8 })
  await waitFor(() => client.states().includes('creating_file'))
  client.close()
  await waitFor(async () => JSON.stringify(await call(daq.rest, '/writer/status')).includes('Completed.'))
  expect(readdirSync(daq.folder)).toContain('alone1.h5')
})

test('what is no command is answered with the reason', async () => {
  const client = await connect()
  client.send('gibberish')
  await waitFor(() => client.messages.includes('{"reason":"Invalid command! gibberish","status":"error"}'))
  const text = JSON.stringify({ command: 'start' })
  client.send(text)
  expect(await client.closed).toBe(1000)
  expect(client.messages.at(-1)).toBe(
    JSON.stringify({
      reason: `Invalid command! expected: start with path parameter, received: ${text}`,
      status: 'error',
    }),
  )
})

test('a folder that does not exist is an error, and the driver stays idle', async () => {
  const client = await connect()
  client.send({ command: 'start', path: '/no/such/folder' })
  await waitFor(() => client.messages.some((text) => text.includes('does not exist')))
  expect(await call(daq.rest, '/writer/status')).toMatchObject({ message: 'Writer is READY' })
  client.close()
})

test('files of several writers are joined to one in the order of the images', async () => {
  const body = { base_path: daq.folder, file_prefix: 'run', output_file: `${daq.folder}/joined.h5` }
  expect(await call(daq.rest, '/api/h5/create_interleaved_vds', body)).toMatchObject({ status: 'ok' })
  const { datasets } = await call(daq.rest, `/api/h5/get_metadata_status?filename=${daq.folder}/joined.h5`)
  expect(datasets).toContainEqual({ path: '/jungfrau/data', shape: [6, 512, 1024], dtype: '<u2' })
  const { metadata } = await call(daq.rest, `/api/h5/read_metadata?filename=${daq.folder}/joined.h5`)
  const rows = (metadata as Record<string, number[][]>)['/jungfrau/metadata'] ?? []
  const ids = rows.map(([id]) => id ?? 0)
  expect(ids).toHaveLength(6)
  expect(ids).toEqual(ids.toSorted((a, b) => a - b))
})
