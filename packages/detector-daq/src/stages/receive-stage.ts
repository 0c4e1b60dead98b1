import { once } from 'node:events'
import { createSocket } from 'node:dgram'
import { FrameAssembler, hasUnit, missingPackets, type OpenFrame } from '../core/frame-assembler.ts'
import type { PacketHeader } from '../core/packet.ts'
import { DaqError } from '../error.ts'
import { nowMs } from '../receiver/clock.ts'
import { encodeFrameStruct } from './frame-struct.ts'
import { frameBytes, portOf, Stage, type StageOptions } from './stage.ts'
import { frameSlots, StageRing } from './stage-ring.ts'

/* std_udp_recv_*: packets of one module into frames of its ring, told on `<det>-<module>`. */

const tickMs = 20
const bufferBytes = 268_435_456

/** Runs until its signal aborts. Rejects with DAQ_CONFIG_INVALID, DAQ_PORT_TAKEN. */
export async function receiveStage(
  options: StageOptions & { readonly module: number; readonly frameTimeoutMs?: number },
): Promise<void> {
  const stage = new Stage(options)
  const { config } = stage
  const model = stage.model()
  const port = portOf(model, options.module)
  const { format } = port
  const unitBytes = (format.rows * format.rowBytes) / format.units
  const zeros = new Uint8Array(unitBytes)
  const name = `${config.detector_name}-${options.module}`
  const ring = stage.keep(
    new StageRing(stage.shmDirectory, name, { slotBytes: frameBytes(port), slots: frameSlots }),
  )
  const socket = await stage.publisher(stage.address(String(options.module)))
  const struct = {
    kind: model.metadata,
    bitDepth: config.bit_depth,
    columns: format.columns,
    rows: format.rows,
    doNotStoreBit: 0,
  }
  let datagram: Uint8Array = new Uint8Array(0)
  let frames = 0
  const assembler = new FrameAssembler({
    format,
    frameStep: port.frameStep,
    frameTimeoutMs: options.frameTimeoutMs ?? 100,
    sink: {
      open: () => true,
      place: (frame: OpenFrame, header: PacketHeader, dataAt: number) => {
        const bytes = header.units * unitBytes
        ring.write(frame.image, datagram.subarray(dataAt, dataAt + bytes), header.firstUnit * unitBytes)
      },
      close: (frame) => {
        for (let unit = 0; frame.receivedUnits < format.units && unit < format.units; unit += 1)
          if (!hasUnit(frame, unit)) ring.write(frame.image, zeros, unit * unitBytes)
        frames += 1
        const message = {
          imageId: frame.image,
          missingPackets: missingPackets(frame, format),
          module: port.module,
          meta: frame.meta,
        }
        socket.send([encodeFrameStruct(message, struct)])
      },
    },
  })
  const udp = createSocket({ type: 'udp4' })
  udp.on('message', (bytes) => {
    datagram = bytes
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    assembler.packet({ view, bytes, at: 0, length: bytes.length }, nowMs())
  })
  const udpPort = config.start_udp_port + port.index
  try {
    udp.bind(udpPort)
    await once(udp, 'listening')
  } catch (cause) {
    stage.close()
    throw portTaken(udpPort, cause)
  }
  udp.on('error', () => undefined) // a refused send elsewhere may surface here
  try {
    udp.setRecvBufferSize(bufferBytes)
  } catch {
    // the kernel gives less
  }
  const timer = setInterval(() => assembler.tick(nowMs()), tickMs)
  stage.statistics(
    () => ({
      module_id: port.module,
      frames_counter: assembler.counters.framesComplete,
      n_corrupted_frames: assembler.counters.framesIncomplete,
      n_missed_packets: assembler.counters.packetsLost,
    }),
    () => frames,
  )
  if (!options.signal.aborted) await once(options.signal, 'abort')
  clearInterval(timer)
  assembler.flush()
  udp.close()
  stage.close()
}

function portTaken(udpPort: number, cause: unknown): DaqError {
  return new DaqError({
    code: 'DAQ_PORT_TAKEN',
    message: `UDP port ${udpPort} cannot be bound: ${cause instanceof Error ? cause.message : String(cause)}`,
    fault: 'environment',
    remedy: 'Change start_udp_port, or stop the program that uses the port.',
    key: 'start_udp_port',
    cause,
  })
}
