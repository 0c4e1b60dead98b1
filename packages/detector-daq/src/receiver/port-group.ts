import type { DetectorModel } from '../core/detector-model.ts'
import {
  FrameAssembler,
  hasUnit,
  missingPackets,
  type FrameSink,
  type OpenFrame,
} from '../core/frame-assembler.ts'
import { slsMeta } from '../core/sls-packet.ts'
import type { PacketHeader, PacketPlace } from '../core/packet.ts'
import { FrameConverter, type PixelRules } from '../pixels/frame-converter.ts'
import { pixelKernel } from '../pixels/simd-kernel.ts'
import { descriptor } from '../ring/descriptor.ts'
import { descriptorWords } from '../ring/descriptor-queue.ts'
import type { ReceiverArea } from '../ring/memory-plan.ts'
import { openShared, slotAddress, type SharedMemory } from '../ring/shared-state.ts'

export interface PortGroupOptions {
  readonly shared: SharedMemory
  readonly model: DetectorModel
  /** Which of the plan's receivers this is. */
  readonly receiver: number
  readonly rules: PixelRules
  readonly openFrames: number
  readonly frameTimeoutMs: number
  readonly resetWindow: number
}

interface Port {
  readonly index: number
  readonly assembler: FrameAssembler
}

/** The ports of one receiver thread: datagrams in its staging area become pixels in the ring. Knows no sockets. */
export class PortGroup {
  readonly area: ReceiverArea
  private readonly options: PortGroupOptions
  private readonly ports: Port[]
  private readonly parts: ReturnType<typeof openShared>
  private readonly queue: ReturnType<ReturnType<typeof openShared>['receiverQueue']>
  private readonly place: PacketPlace
  private closed = 0
  private ringed = 0

  constructor(options: PortGroupOptions) {
    this.options = options
    const { shared, receiver, model } = options
    const area = shared.plan.receivers[receiver]
    if (area === undefined) throw new RangeError(`the plan has no receiver ${receiver}`)
    this.area = area
    this.parts = openShared(shared)
    this.queue = this.parts.receiverQueue(receiver)
    const { buffer } = shared.memory
    this.place = { view: new DataView(buffer), bytes: new Uint8Array(buffer), at: 0, length: 0 }
    this.ports = area.ports.flatMap((index) => {
      const port = model.ports[index]
      if (port === undefined) return []
      const assembler = new FrameAssembler({
        format: port.format,
        sink: this.sink(index),
        openFrames: options.openFrames,
        frameTimeoutMs: options.frameTimeoutMs,
        resetWindow: options.resetWindow,
        frameStep: port.frameStep,
      })
      return [{ index, assembler }]
    })
  }

  /** A datagram of the `which`-th port of the group lies in the staging area. */
  packet(
    which: number,
    datagram: { readonly at: number; readonly length: number; readonly nowMs: number },
  ): void {
    const port = this.ports[which]
    if (port === undefined) return
    this.place.at = datagram.at
    this.place.length = datagram.length
    port.assembler.packet(this.place, datagram.nowMs)
  }

  /** After a batch: wakes the image thread when frames were closed. */
  flushBatch(): void {
    if (this.closed === this.ringed) return
    this.ringed = this.closed
    this.parts.imageBell.ring()
  }

  /** Closes what waited too long and publishes the counters. */
  tick(nowMs: number): void {
    for (const port of this.ports) {
      port.assembler.tick(nowMs)
      this.parts.counters.setPort(port.index, port.assembler.counters)
    }
    this.flushBatch()
  }

  /** Frames that wait: a short tick is worth it. */
  get isBusy(): boolean {
    return this.ports.some((port) => port.assembler.openCount > 0)
  }

  private sink(portIndex: number): FrameSink {
    const { shared, model, rules } = this.options
    const port = model.ports[portIndex]
    const calibration = shared.plan.calibration[portIndex]
    if (port === undefined || calibration === undefined) throw new RangeError(`no port ${portIndex}`)
    const { slots } = this.parts
    const converter = new FrameConverter({
      model,
      port,
      kernel: pixelKernel(shared.memory),
      memory: shared.memory,
      calibration,
      scratch: this.area.scratch,
      rules,
    })
    const { rowsPerUnit } = port.format
    const entry = new Float64Array(descriptorWords)
    const isJungfrau = model.transform === 'jungfrau'
    const rows = { firstRow: 0, count: 0, source: 0, image: 0, highGain: false }
    let generation = slots.generation
    let expected = 0
    const wordOf = (frame: OpenFrame): number => slots.wordOf(frame.image, { generation, isWriting: true })
    let openWord = { image: -1, word: 0 }
    return {
      open: (frame) => {
        generation = slots.generation
        if (!slots.claim(frame.image, generation)) return false
        frame.slot = slots.slotOf(frame.image)
        frame.address = slotAddress(shared.plan, frame.image)
        return true
      },
      place: (frame: OpenFrame, header: PacketHeader, dataAt: number) => {
        if (openWord.image !== frame.image) openWord = { image: frame.image, word: wordOf(frame) }
        expected = openWord.word
        // The slot may have gone to a newer image while this module lagged a whole ring behind.
        if (!slots.isOpen(frame.slot, expected)) return
        rows.firstRow = header.firstUnit * rowsPerUnit
        rows.count = header.units * rowsPerUnit
        rows.source = dataAt
        rows.image = frame.address
        rows.highGain = isJungfrau && ((header.meta[slsMeta.daqInfo] ?? 0) & 1) === 1
        converter.place(rows)
        if (!slots.isOpen(frame.slot, expected)) slots.spoil(frame.slot)
      },
      close: (frame) => {
        openWord = { image: -1, word: 0 }
        this.closed += 1
        const word = wordOf(frame)
        if (!slots.isOpen(frame.slot, word)) return
        if (frame.receivedUnits < port.format.units) {
          for (let unit = 0; unit < port.format.units; unit += 1) {
            if (hasUnit(frame, unit)) continue
            converter.fill({ firstRow: unit * rowsPerUnit, count: rowsPerUnit, image: frame.address })
          }
          if (!slots.isOpen(frame.slot, word)) slots.spoil(frame.slot)
        }
        entry[descriptor.module] = port.module
        entry[descriptor.image] = frame.image
        entry[descriptor.missing] = missingPackets(frame, port.format)
        entry[descriptor.firstPacketMs] = frame.firstPacketMs
        entry[descriptor.generation] = generation
        entry[descriptor.turn] = port.turn
        entry.set(frame.meta, descriptor.meta)
        // A full queue means that the image thread is stuck; the frame counts as dropped there when its image times out.
        this.queue.push(entry)
      },
      restart: () => {
        slots.nextGeneration(generation)
        generation = slots.generation
      },
    }
  }
}
