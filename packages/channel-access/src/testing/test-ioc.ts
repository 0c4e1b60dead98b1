import { createSocket } from 'node:dgram'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { ScriptedPv } from './scripted-pv.ts'
import { createScriptedServer, type ScriptedServer } from './scripted-server.ts'

/** A small Channel Access server on loopback for tests of clients. Not a product: no queues, no limits, no beacons. */
export interface TestIoc {
  /** For `addrList`: searched by UDP. */
  readonly udpAddress: string
  /** For `nameServers`: searched over TCP. */
  readonly tcpAddress: string
  readonly server: ScriptedServer
  /** Sets a value and posts it to subscribers. */
  post(name: string, value: ScriptedPv['value']): void
  /** Cuts every connection; the server stays. */
  disconnectAll(): void
  close(): Promise<void>
}

/** Starts the server on free ports of 127.0.0.1. */
export async function startTestIoc(pvs: Readonly<Record<string, ScriptedPv>>): Promise<TestIoc> {
  const server = createScriptedServer(pvs)
  const sockets = new Set<Socket>()
  let tcpPort = 0
  const tcp = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    const circuit = server.connect((bytes) => void socket.write(bytes), tcpPort)
    socket.on('data', (bytes) => circuit.receive(bytes))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      circuit.end()
    })
  })
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
  tcpPort = (tcp.address() as AddressInfo).port
  const udp = createSocket('udp4')
  udp.on('message', (bytes, remote) => {
    const reply = server.search(bytes, tcpPort)
    if (reply !== undefined) udp.send(reply, remote.port, remote.address)
  })
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve))
  let closed = false
  return {
    udpAddress: `127.0.0.1:${udp.address().port}`,
    tcpAddress: `127.0.0.1:${tcpPort}`,
    server,
    post(name, value) {
      const pv = server.pvs.get(name)
      if (pv === undefined) throw new RangeError(`no PV ${name}`)
      pv.value = value
      server.post(name)
    },
    disconnectAll() {
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      if (closed) return
      closed = true
      for (const socket of sockets) socket.destroy()
      await Promise.all([
        new Promise<void>((resolve) => tcp.close(() => resolve())),
        new Promise<void>((resolve) => udp.close(() => resolve())),
      ])
    },
  }
}
