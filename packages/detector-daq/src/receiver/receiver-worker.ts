import { parentPort, workerData } from 'node:worker_threads'
import { detectorModel } from '../core/detector-model.ts'
import { receiveWithAddon } from './addon-receiver.ts'
import { receiveWithDgram } from './dgram-receiver.ts'
import { PortGroup } from './port-group.ts'
import type { ReceiverData, ReceiverMessage } from './receiver-data.ts'
import { loadUdpAddon } from './udp-addon.ts'

/* A receiver thread: its ports' datagrams into the ring, until it is told to stop. */

const data = workerData as ReceiverData
const { shared } = data
const model = detectorModel(data.config, data.modelOptions)
const group = new PortGroup({ ...data, model })

function tell(message: ReceiverMessage): void {
  parentPort?.postMessage(message)
}

function failed(port: number, error: unknown): void {
  const code = (error as NodeJS.ErrnoException).code ?? 'EIO'
  const message = error instanceof Error ? error.message : String(error)
  tell({ kind: 'failed', port, code, message })
}

async function runDgram(): Promise<void> {
  const receiver = await receiveWithDgram({
    host: data.host,
    udpPorts: data.udpPorts,
    bufferBytes: data.bufferBytes,
    group,
    memory: shared.memory,
  }).catch((error: unknown) => failed(data.udpPorts[0] ?? 0, error))
  if (receiver === undefined) return
  tell({ kind: 'ready', ports: receiver.ports, bufferBytes: receiver.bufferBytes })
  data.control.once('message', () => {
    void receiver.close().then(() => {
      data.control.close()
      tell({ kind: 'stopped' })
    })
  })
}

function runAddon(path: string): void {
  const addon = loadUdpAddon(path)
  const fds: number[] = []
  for (const port of data.udpPorts) {
    try {
      fds.push(addon.open(data.host, port, data.bufferBytes))
    } catch (error) {
      for (const fd of fds) addon.close(fd)
      failed(port, error)
      return
    }
  }
  // The kernel counts twice what is used for data.
  const bufferBytes = Math.min(...fds.map((fd) => addon.size(fd))) / 2
  tell({ kind: 'ready', ports: fds.map((fd) => addon.port(fd)), bufferBytes })
  receiveWithAddon({ addon, fds, group, memory: shared.memory, control: data.control })
  data.control.close()
  tell({ kind: 'stopped' })
}

if (data.addonPath === undefined) await runDgram()
else runAddon(data.addonPath)
