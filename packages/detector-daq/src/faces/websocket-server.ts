import { once } from 'node:events'
import { statSync } from 'node:fs'
import { WebSocketServer, type WebSocket } from 'ws'
import { driverStatus, type Acquisition } from '../core/acquisition.ts'
import { DaqError } from '../error.ts'
import type { Daq } from '../service/daq.ts'
import type { ListenAddress } from '../service/daq-settings.ts'
import { errorText, tableOf } from './reply.ts'

/* The driver of the generation 2024-26 (daq contract 7.3): commands in, a state at every change and at least every 100 ms out. */

export interface WebsocketServer {
  readonly url: string
  close(): Promise<void>
}

/** What is driven: the detector of this process, or writers that are processes of their own. */
export interface DriverBackend {
  readonly config: Pick<Daq['config'], 'detector_name' | 'switch_user_active'>
  readonly control: Pick<Daq['control'], 'acquisition' | 'isWriting' | 'watch' | 'stop'>
  startRun: Daq['startRun']
}

const statusMs = 100
const largestMessage = 65_536
const defaultImages = 16_777_215

type Command =
  | { readonly kind: 'stop' }
  | {
      readonly kind: 'start'
      readonly path: string
      readonly prefix: string
      readonly images: number
      readonly startId: number
      readonly writerId: number
    }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'unreadable' }

function readCommand(text: string): Command {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { kind: 'unreadable' }
  }
  const table = tableOf(parsed)
  if (table['command'] === 'stop') return { kind: 'stop' }
  const { path, file_prefix: prefix = 'file' } = table
  const { n_image: images = defaultImages, start_id: startId = 0, writer_id: writerId = 0 } = table
  const isPrefix = typeof prefix === 'string' && /^[A-Za-z0-9_.-]*$/.test(prefix)
  if (typeof path !== 'string' || !path.startsWith('/') || !isPrefix) return { kind: 'invalid' }
  if (!isCount(images) || images === 0 || !isCount(startId) || typeof writerId !== 'number')
    return { kind: 'invalid' }
  return { kind: 'start', path, prefix, images, startId, writerId }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function send(socket: WebSocket, message: Readonly<Record<string, unknown>>): void {
  // A client that does not read gets no more; it is closed by its own time-out.
  if (socket.readyState === socket.OPEN && socket.bufferedAmount < 1_048_576)
    socket.send(JSON.stringify(message))
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** Serves the WebSocket driver on any path. Rejects with DAQ_PORT_TAKEN. */
export async function openWebsocketServer(
  daq: DriverBackend,
  address: ListenAddress,
): Promise<WebsocketServer> {
  const server = new WebSocketServer({ ...address, maxPayload: largestMessage, perMessageDeflate: false })
  let shown: Readonly<Record<string, unknown>> = { status: 'idle' }

  function broadcast(message: Readonly<Record<string, unknown>>): void {
    shown = message
    for (const client of server.clients) send(client, message)
  }

  const unwatch = daq.control.watch((acquisition: Acquisition | null) => {
    broadcast(driverStatus(acquisition))
    // Everybody sees the end before the state goes back to idle.
    if (acquisition !== null && (acquisition.phase === 'finished' || acquisition.phase === 'failed'))
      broadcast({ status: 'idle' })
  })
  const timer = setInterval(() => {
    if (server.clients.size === 0) return
    const message = daq.control.isWriting ? driverStatus(daq.control.acquisition) : shown
    for (const client of server.clients) send(client, message)
  }, statusMs)

  async function start(socket: WebSocket, command: Extract<Command, { kind: 'start' }>): Promise<void> {
    const userId = daq.config.switch_user_active ? command.writerId : undefined
    try {
      if (!isFolder(command.path))
        throw new Error(`Output file folder ${command.path} does not exist. Please create it first.`)
      await daq.startRun({
        files: { kind: 'interleaved', folder: command.path, prefix: command.prefix },
        layout: 'f2',
        images: command.images,
        startId: command.startId,
        runId: Date.now(),
        ...(userId === undefined ? {} : { userId }),
      })
    } catch (error) {
      // A failed creation was told to everybody as a state.
      if (!(error instanceof DaqError) || error.code !== 'DAQ_WRITER_FAILED')
        send(socket, { reason: errorText(error), status: 'error' })
    }
  }

  async function obey(socket: WebSocket, text: string): Promise<void> {
    const command = readCommand(text)
    switch (command.kind) {
      case 'stop':
        await daq.control.stop()
        return
      case 'unreadable':
        send(socket, { reason: `Invalid command! ${text}`, status: 'error' })
        return
      case 'start':
        if (daq.control.isWriting) send(socket, { reason: 'driver is busy!', status: 'rejected' })
        else await start(socket, command)
        return
      case 'invalid':
        if (daq.control.isWriting) {
          send(socket, { reason: 'driver is busy!', status: 'rejected' })
          return
        }
        send(socket, {
          reason: `Invalid command! expected: start with path parameter, received: ${text}`,
          status: 'error',
        })
        socket.close(1000)
    }
  }

  server.on('connection', (socket) => {
    send(socket, daq.control.isWriting ? driverStatus(daq.control.acquisition) : { status: 'idle' })
    socket.on('message', (data: Buffer) => void obey(socket, data.toString()))
    socket.on('error', () => socket.terminate())
  })
  try {
    await once(server, 'listening')
  } catch (cause) {
    clearInterval(timer)
    unwatch()
    throw new DaqError({
      code: 'DAQ_PORT_TAKEN',
      message: `${address.host}:${address.port} cannot be listened on: ${cause instanceof Error ? cause.message : String(cause)}`,
      fault: 'environment',
      remedy: `Change websocket of daq.${daq.config.detector_name}, or stop the program that uses the port.`,
      key: 'websocket',
      cause,
    })
  }
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : address.port
  return {
    url: `ws://${address.host}:${port}`,
    close: async () => {
      clearInterval(timer)
      unwatch()
      for (const client of server.clients) client.terminate()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
