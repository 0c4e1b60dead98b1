import { metaOf, type ImagePart } from '../core/image-parts.ts'
import { decodeImageMetadata, type ImageMetadata, type StatusEnum } from '../core/image-metadata.ts'
import type { DetectorModel, DetectorPort } from '../core/detector-model.ts'
import type { PortCounts } from '../ring/counters.ts'
import { descriptor } from '../ring/descriptor.ts'
import { descriptorWords } from '../ring/descriptor-queue.ts'
import { openShared, slotAddress, type SharedMemory } from '../ring/shared-state.ts'

export interface PartReceiverOptions {
  readonly shared: SharedMemory
  readonly model: Omit<DetectorModel, 'ports'> & { readonly ports: readonly Omit<DetectorPort, 'format'>[] }
  readonly receiver: number
  readonly parts: readonly ImagePart[]
  readonly statusEnum: StatusEnum
  readonly doNotStoreBit: number
  readonly resetWindow: number
}

function noCounts(): PortCounts {
  return {
    packetsOk: 0,
    packetsDuplicate: 0,
    packetsLate: 0,
    packetsBad: 0,
    packetsLost: 0,
    framesComplete: 0,
    framesIncomplete: 0,
    framesRefused: 0,
    restarts: 0,
  }
}

/** Messages of a sender into the ring of this host. Knows no sockets. In the counters a message is a packet and a frame. */
export class PartReceiver {
  private readonly options: PartReceiverOptions
  private readonly parts: ReturnType<typeof openShared>
  private readonly queue: ReturnType<ReturnType<typeof openShared>['receiverQueue']>
  private readonly bytes: Uint8Array
  private readonly entry = new Float64Array(descriptorWords)
  private readonly counts: readonly PortCounts[]
  private highest = -1

  constructor(options: PartReceiverOptions) {
    this.options = options
    this.parts = openShared(options.shared)
    this.queue = this.parts.receiverQueue(options.receiver)
    this.bytes = new Uint8Array(options.shared.memory.buffer)
    this.counts = options.model.ports.map(noCounts)
  }

  /** A message of the part: its metadata and its bytes. */
  message(part: number, message: readonly Uint8Array[], nowMs: number): void {
    const { model, shared, parts, resetWindow } = this.options
    const counts = this.counts[part]
    const port = model.ports[part]
    const expected = parts[part]
    if (counts === undefined || port === undefined || expected === undefined) return
    const content = this.read(message, expected.bytes)
    if (content === undefined) {
      counts.packetsBad += 1
      this.parts.counters.setPort(part, counts)
      return
    }
    const { metadata, body } = content
    const id = metadata.image_id
    const { slots } = this.parts
    if (id + resetWindow < this.highest) {
      slots.nextGeneration(slots.generation)
      counts.restarts += 1
      this.highest = -1
    }
    this.highest = Math.max(this.highest, id)
    const { generation } = slots
    if (slots.claim(id, generation)) {
      this.bytes.set(body, slotAddress(shared.plan, id) + expected.offset)
      this.push({ id, port, isGood: metadata.status === 'good_image', generation, nowMs }, metadata)
      counts.packetsOk += 1
      counts.framesComplete += 1
    } else {
      counts.packetsLate += 1
      counts.framesRefused += 1
    }
    this.parts.counters.setPort(part, counts)
  }

  private push(
    frame: {
      readonly id: number
      readonly port: Pick<DetectorPort, 'module' | 'turn'>
      readonly isGood: boolean
      readonly generation: number
      readonly nowMs: number
    },
    metadata: ImageMetadata,
  ): void {
    const { entry } = this
    entry[descriptor.module] = frame.port.module
    entry[descriptor.turn] = frame.port.turn
    entry[descriptor.image] = frame.id
    entry[descriptor.missing] = frame.isGood ? 0 : 1
    entry[descriptor.firstPacketMs] = frame.nowMs
    entry[descriptor.generation] = frame.generation
    entry.set(metaOf(metadata, this.options.doNotStoreBit), descriptor.meta)
    this.queue.push(entry)
    this.parts.imageBell.ring()
  }

  /** Undefined for a message that is none of this detector. */
  private read(
    message: readonly Uint8Array[],
    bytes: number,
  ): { readonly metadata: ImageMetadata; readonly body: Uint8Array } | undefined {
    const { model, statusEnum } = this.options
    const [head, body] = message
    const metadata = head === undefined ? undefined : decodeImageMetadata(head, statusEnum)
    if (metadata === undefined || body?.length !== bytes) return undefined
    const isOurs =
      metadata.width === model.width &&
      metadata.height === model.height &&
      metadata.dtype === model.pixelType &&
      metadata.compression === 'none'
    return isOurs ? { metadata, body } : undefined
  }
}
