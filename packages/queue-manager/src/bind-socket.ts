import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Publisher, Router } from 'zeromq'
import { QueueManagerError } from './error.ts'
import type { SocketOptions } from './socket-options.ts'

const retryMs = 100
const retries = 30

/** Binds and returns the address in use. Throws QUEUE_ADDRESS_IN_USE or QUEUE_ADDRESS_INVALID, naming the key to change. */
export async function bindSocket(
  socket: Router | Publisher,
  { address, key }: SocketOptions,
): Promise<string> {
  try {
    await bindSoon(socket, address)
    return socket.lastEndpoint ?? address
  } catch (cause) {
    socket.close()
    const code = errorCode(cause)
    const taken = code === 'EADDRINUSE'
    throw new QueueManagerError({
      code: taken ? 'QUEUE_ADDRESS_IN_USE' : 'QUEUE_ADDRESS_INVALID',
      message: taken ? `${address} is in use by another program` : `cannot bind ${address} (${code})`,
      fault: 'environment',
      remedy: `Stop the other program or change ${key}.`,
      cause,
    })
  }
}

/**
 * The ports of the queue server lie where systems take ports for outgoing connections from, so that a connection of any
 * program may hold one for a moment. A port that nobody listens on is tried again.
 */
async function bindSoon(socket: Router | Publisher, address: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await socket.bind(address)
    } catch (error) {
      const mayPass = errorCode(error) === 'EADDRINUSE' && attempt < retries && !(await isListening(address))
      if (!mayPass) throw error
      await sleep(retryMs)
    }
  }
}

async function isListening(address: string): Promise<boolean> {
  const parts = /^tcp:\/\/(.+):(\d+)$/.exec(address)
  const [, host = '', port = ''] = parts ?? []
  if (parts === null) return true
  return await new Promise((resolve) => {
    const probe = connect({ host: host === '*' ? '127.0.0.1' : host, port: Number(port) })
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}

function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}
