import { emptyHeader, metaWords, type PacketFormat, type PacketHeader, type PacketPlace } from './packet.ts'

/* Packets of one port into frames, in any order of arrival. A frame is complete when its bitmap is; a frame that stays incomplete is
 * closed when a frame `openFrames` further on begins or after `frameTimeoutMs` without a packet. Complete frames wait for older ones,
 * so that a port's frames come out in order. Packets of a frame that was closed are recognised for a while: one that was in it counts
 * as a duplicate, one that was missing as late. So counters and pixels do not depend on the order in which packets arrived. */

/** A frame that packets are put into. Reused; valid until `close` returns. */
export interface OpenFrame {
  frame: number
  image: number
  /** Bit `unit` is set when the unit was received. */
  readonly bitmap: Uint32Array
  receivedUnits: number
  receivedPackets: number
  /** Words of the first packet. */
  readonly meta: Float64Array
  firstPacketMs: number
  lastPacketMs: number
  /** For the sink: where the pixels go. */
  slot: number
  address: number
}

/** Takes the pixels. Called from within `packet` and `tick`. */
export interface FrameSink {
  /** Makes room; false refuses the frame (its packets count as late). */
  open(frame: OpenFrame): boolean
  /** The pixels of `header.units` units from `header.firstUnit` on lie at `dataAt` of the packet's buffer. */
  place(frame: OpenFrame, header: PacketHeader, dataAt: number): void
  /** Complete or given up; units whose bit is not set were never placed. */
  close(frame: OpenFrame): void
  /** The ids begin again. All frames are closed. */
  restart?(): void
}

export interface AssemblerOptions {
  readonly format: PacketFormat
  readonly sink: FrameSink
  /** Frames that may be open at a time. Default 4. */
  readonly openFrames?: number
  /** Default 100. */
  readonly frameTimeoutMs?: number
  /** An id that is lower by more than this is a detector that was started again. Default 10 000. */
  readonly resetWindow?: number
  /** After this long without any packet an id that is not higher is a detector that was started again. Default 1000. */
  readonly restartIdleMs?: number
  /** By how much the frame number grows from frame to frame; 0 when nothing is known. A hole in the numbers holds newer frames back for `frameTimeoutMs`. Default 1. */
  readonly frameStep?: number
}

/** What happened to the packets of one port. */
export interface AssemblerCounters {
  packetsOk: number
  packetsDuplicate: number
  packetsLate: number
  packetsBad: number
  /** Packets of closed frames that never came. */
  packetsLost: number
  framesComplete: number
  framesIncomplete: number
  /** Frames for which there was no room. */
  framesRefused: number
  restarts: number
}

interface ClosedFrame {
  frame: number
  readonly bitmap: Uint32Array
}

const historyFrames = 16
const noFrame = -1

export class FrameAssembler {
  readonly counters: AssemblerCounters = {
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
  private readonly format: PacketFormat
  private readonly sink: FrameSink
  private readonly openLimit: number
  private readonly timeoutMs: number
  private readonly resetWindow: number
  private readonly restartIdleMs: number
  private readonly frameStep: number
  private readonly header = emptyHeader()
  /** Open frames, lowest id first; the rest of the pool is free. */
  private readonly open: OpenFrame[] = []
  private readonly free: OpenFrame[] = []
  private readonly history: ClosedFrame[]
  private historyNext = 0
  /** Highest id that was published in order; older ones are late. */
  private horizon = noFrame
  /** The frame of the last packet: almost always that of the next one. */
  private current: OpenFrame | undefined
  private lastPacketMs = -Infinity

  constructor(options: AssemblerOptions) {
    this.format = options.format
    this.sink = options.sink
    this.openLimit = options.openFrames ?? 4
    this.timeoutMs = options.frameTimeoutMs ?? 100
    this.resetWindow = options.resetWindow ?? 10_000
    this.restartIdleMs = options.restartIdleMs ?? 1000
    this.frameStep = options.frameStep ?? 1
    const words = Math.ceil(this.format.units / 32)
    for (let index = 0; index < this.openLimit; index += 1) {
      this.free.push({
        frame: 0,
        image: 0,
        bitmap: new Uint32Array(words),
        receivedUnits: 0,
        receivedPackets: 0,
        meta: new Float64Array(metaWords),
        firstPacketMs: 0,
        lastPacketMs: 0,
        slot: 0,
        address: 0,
      })
    }
    this.history = Array.from({ length: historyFrames }, () => ({
      frame: noFrame,
      bitmap: new Uint32Array(words),
    }))
  }

  /** Frames that wait for packets or for older frames. */
  get openCount(): number {
    return this.open.length
  }

  /** Takes one datagram that arrived at `nowMs` (any clock that does not go back). */
  packet(packet: PacketPlace, nowMs: number): void {
    const { header, counters } = this
    if (!this.format.read(packet, header)) {
      counters.packetsBad += 1
      return
    }
    const idleMs = nowMs - this.lastPacketMs
    this.lastPacketMs = nowMs
    let frame = this.current
    if (frame === undefined || frame.frame !== header.frame) {
      frame = this.find(header.frame) ?? this.begin(header, { nowMs, idleMs })
      if (frame === undefined) return
      this.current = frame
    }
    if (frame.image !== header.image) {
      counters.packetsBad += 1
      return
    }
    if (!mark(frame.bitmap, header, frame)) {
      counters.packetsDuplicate += 1
      return
    }
    this.sink.place(frame, header, packet.at + header.dataOffset)
    counters.packetsOk += 1
    frame.receivedPackets += 1
    frame.lastPacketMs = nowMs
    if (frame.receivedUnits === this.format.units) this.publish(nowMs)
  }

  /** Closes what waited too long. Call it at least every quarter of the time-out. */
  tick(nowMs: number): void {
    if (this.open.length === 0) return
    for (let index = 0; index < this.open.length;) {
      const frame = this.open[index]
      if (
        frame !== undefined &&
        frame.receivedUnits < this.format.units &&
        nowMs - frame.lastPacketMs >= this.timeoutMs
      )
        this.close(index)
      else index += 1
    }
    this.publish(nowMs)
  }

  /** Closes all open frames, oldest first. */
  flush(): void {
    while (this.open.length > 0) this.close(0)
  }

  private find(id: number): OpenFrame | undefined {
    for (const frame of this.open) if (frame.frame === id) return frame
    return undefined
  }

  /** A packet of a frame that is not open: of a closed frame, of an old one, or the first of a new one. */
  private begin(header: PacketHeader, at: { nowMs: number; idleMs: number }): OpenFrame | undefined {
    const id = header.frame
    const { nowMs, idleMs } = at
    if (id <= this.horizon && (this.horizon - id > this.resetWindow || idleMs >= this.restartIdleMs))
      this.restart()
    for (const closed of this.history) {
      if (closed.frame !== id) continue
      if (isMarked(closed.bitmap, header)) this.counters.packetsDuplicate += 1
      else this.counters.packetsLate += 1
      return undefined
    }
    if (id <= this.horizon) {
      this.counters.packetsLate += 1
      return undefined
    }
    this.makeRoom(id)
    const frame = this.free.pop()
    if (frame === undefined) throw new Error('no free frame, though one was closed')
    frame.frame = id
    frame.image = header.image
    frame.bitmap.fill(0)
    frame.receivedUnits = 0
    frame.receivedPackets = 0
    frame.meta.set(header.meta)
    frame.firstPacketMs = nowMs
    frame.lastPacketMs = nowMs
    if (!this.sink.open(frame)) {
      this.free.push(frame)
      this.counters.framesRefused += 1
      this.counters.packetsLate += 1
      this.remember(frame)
      return undefined
    }
    let place = this.open.length
    while (place > 0 && (this.open[place - 1]?.frame ?? 0) > id) place -= 1
    this.open.splice(place, 0, frame)
    return frame
  }

  private restart(): void {
    this.flush()
    for (const closed of this.history) closed.frame = noFrame
    this.horizon = noFrame
    this.counters.restarts += 1
    this.sink.restart?.()
  }

  /** Closes what lies `openFrames` or more behind `id`, and the oldest when all are in use. */
  private makeRoom(id: number): void {
    const limit = id - this.openLimit * Math.max(1, this.frameStep)
    for (let oldest = this.open[0]; oldest !== undefined && oldest.frame <= limit; oldest = this.open[0])
      this.close(0)
    if (this.open.length >= this.openLimit) this.close(0)
  }

  /** Hands out complete frames as long as nothing older is missing. */
  private publish(nowMs: number): void {
    for (let oldest = this.open[0]; oldest !== undefined; oldest = this.open[0]) {
      if (oldest.receivedUnits < this.format.units) return
      const gap =
        this.frameStep > 0 &&
        this.horizon !== noFrame &&
        oldest.frame > this.horizon + this.frameStep &&
        // A wide hole is a detector that skips numbers, not one that is late.
        oldest.frame < this.horizon + this.frameStep * this.openLimit &&
        nowMs - oldest.lastPacketMs < this.timeoutMs
      if (gap) return
      this.close(0)
    }
  }

  private close(index: number): void {
    const [frame] = this.open.splice(index, 1)
    if (frame === undefined) return
    if (frame === this.current) this.current = undefined
    const { counters, format } = this
    const isComplete = frame.receivedUnits === format.units
    // A lone spoofed id far ahead must not make the frames that follow late.
    const isFar = this.horizon !== noFrame && frame.frame > this.horizon + this.resetWindow
    if (isComplete || !isFar) this.horizon = Math.max(this.horizon, frame.frame)
    if (isComplete) counters.framesComplete += 1
    else {
      counters.framesIncomplete += 1
      counters.packetsLost += missingPackets(frame, format)
    }
    this.remember(frame)
    this.sink.close(frame)
    this.free.push(frame)
  }

  private remember(frame: OpenFrame): void {
    const closed = this.history[this.historyNext]
    this.historyNext = (this.historyNext + 1) % historyFrames
    if (closed === undefined) return
    closed.frame = frame.frame
    closed.bitmap.set(frame.bitmap)
  }
}

/** Packets that a frame lacks. Where units are rows: as many packets of the usual size as hold the rows that are missing. */
export function missingPackets(frame: OpenFrame, format: PacketFormat): number {
  const unitsPerPacket = format.units / format.packetsPerFrame
  return Math.ceil((format.units - frame.receivedUnits) / Math.max(1, Math.ceil(unitsPerPacket)))
}

/** Sets the packet's bits; false when all were set already. */
function mark(bitmap: Uint32Array, header: PacketHeader, frame: OpenFrame): boolean {
  let fresh = 0
  const end = header.firstUnit + header.units
  for (let unit = header.firstUnit; unit < end; unit += 1) {
    const word = bitmap[unit >>> 5] ?? 0
    const bit = 1 << (unit & 31)
    if ((word & bit) !== 0) continue
    bitmap[unit >>> 5] = word | bit
    fresh += 1
  }
  frame.receivedUnits += fresh
  return fresh > 0
}

function isMarked(bitmap: Uint32Array, header: PacketHeader): boolean {
  for (let unit = header.firstUnit; unit < header.firstUnit + header.units; unit += 1) {
    if (((bitmap[unit >>> 5] ?? 0) & (1 << (unit & 31))) === 0) return false
  }
  return true
}

/** Whether a unit of the frame was received. */
export function hasUnit(frame: { readonly bitmap: Uint32Array }, unit: number): boolean {
  return ((frame.bitmap[unit >>> 5] ?? 0) & (1 << (unit & 31))) !== 0
}
