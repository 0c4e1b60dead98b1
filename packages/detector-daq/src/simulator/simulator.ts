import { createSocket, type Socket } from 'node:dgram'
import { setTimeout as delay } from 'node:timers/promises'
import type { DetectorConfig } from '../core/detector-config.ts'
import { detectorModel, type ModelOptions } from '../core/detector-model.ts'
import { FaultInjector, type FaultCounts, type PacketFaults } from '../core/packet-faults.ts'
import { packetSource, rampPattern, spotPattern } from '../core/packet-source.ts'

export interface SimulatorOptions {
  readonly config: DetectorConfig
  readonly modelOptions?: ModelOptions
  readonly host: string
  /** UDP ports in the order of the model's ports; default `start_udp_port` on. */
  readonly udpPorts?: readonly number[]
  readonly rateHz: number
  /** Images to send; undefined = until it is closed. */
  readonly images?: number
  readonly firstId?: number
  readonly faults?: PacketFaults
  /** Default: a wandering spot for JUNGFRAU, else a ramp. */
  readonly pattern?: 'spot' | 'ramp'
  /** Packets a second at most, over all ports, so that bursts stay short. Default 60 000. */
  readonly packetsPerSecond?: number
}

export interface Simulator {
  /** Images that were sent so far. */
  readonly images: number
  readonly faults: FaultCounts
  /** Resolves when all images were sent or it was closed; rejects when sending fails. */
  readonly done: Promise<void>
  close(): Promise<void>
}

interface Datagram {
  readonly bytes: Uint8Array
  readonly port: number
}

const batchPackets = 64

/** Sends what a detector would send, with faults if wanted, at an absolute schedule. */
export function startSimulator(options: SimulatorOptions): Simulator {
  const { config } = options
  const model = detectorModel(config, options.modelOptions)
  const pictures = 16
  const port = model.ports[0]
  const size = { rows: port?.format.rows ?? 1, columns: port?.format.columns ?? 1, pictures }
  const bits = model.transform === 'unpack12' ? 12 : config.bit_depth
  const isSpot = (options.pattern ?? (model.metadata === 'jf' ? 'spot' : 'ramp')) === 'spot'
  const source = packetSource({
    config,
    model,
    pattern: isSpot ? spotPattern(size) : rampPattern(bits),
    pictures,
    ...(model.metadata === 'jf' ? { pulseId: (image: number) => image } : {}),
  })
  const injector = new FaultInjector<Datagram>(options.faults ?? {})
  const stopping = new AbortController()
  const socket = createSocket('udp4')
  const udpPorts = options.udpPorts ?? model.ports.map((each) => config.start_udp_port + each.index)
  let images = 0

  function datagramsOf(id: number): Datagram[] {
    // GIGAFROST sends one image to ports 0 to 7 and the next one to ports 8 to 15.
    const taking = model.ports
      .map((each, at) => ({ each, udpPort: udpPorts[at] ?? 0 }))
      .filter(({ each }) => model.metadata !== 'gf' || each.index >> 3 === id % 2)
    return taking.flatMap(({ each, udpPort }) =>
      source.packets(each, id).map((bytes) => ({ bytes, port: udpPort })),
    )
  }

  async function run(): Promise<void> {
    const startedMs = performance.now()
    const packetMs = 1000 / (options.packetsPerSecond ?? 60_000)
    for (let index = 0; options.images === undefined || index < options.images; index += 1) {
      const dueMs = startedMs + (index * 1000) / options.rateHz
      const waitMs = dueMs - performance.now()
      if (waitMs > 1) await delay(waitMs, undefined, { signal: stopping.signal })
      const datagrams = injector.next(datagramsOf((options.firstId ?? 1) + index))
      for (let at = 0; at < datagrams.length; at += batchPackets) {
        if (stopping.signal.aborted) return
        const batch = datagrams.slice(at, at + batchPackets)
        const sentMs = performance.now()
        await Promise.all(batch.map((datagram) => send(socket, datagram, options.host)))
        const restMs = batch.length * packetMs - (performance.now() - sentMs)
        if (restMs > 1) await delay(restMs, undefined, { signal: stopping.signal })
      }
      images += 1
    }
  }

  const done = run()
    .catch((error: unknown) => {
      if (!stopping.signal.aborted) throw error
    })
    .finally(() => socket.close())
  return {
    get images() {
      return images
    },
    faults: injector.counts,
    done,
    close: async () => {
      stopping.abort()
      await done.catch(() => undefined)
    },
  }
}

function send(socket: Socket, datagram: Datagram, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(datagram.bytes, datagram.port, host, (error) => {
      // Nobody listens on loopback: a detector would not notice either.
      if (error === null || (error as NodeJS.ErrnoException).code === 'ECONNREFUSED') resolve()
      else reject(error)
    })
  })
}
