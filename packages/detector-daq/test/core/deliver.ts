import {
  FrameAssembler,
  hasUnit,
  missingPackets,
  type AssemblerOptions,
} from '../../src/core/frame-assembler.ts'
import type { PacketFormat, PacketPlace } from '../../src/core/packet.ts'

export interface Delivered {
  readonly frame: number
  readonly missing: number
  /** First data byte of every unit, -1 for one that never came. */
  readonly units: readonly number[]
}

/** Feeds packets to an assembler whose sink keeps the first byte of every unit. `tickMs` after each packet. */
export function deliver(
  format: PacketFormat,
  packets: readonly Uint8Array[],
  options: Partial<AssemblerOptions> & { readonly stepMs?: number; readonly skipFlush?: boolean } = {},
): { readonly frames: readonly Delivered[]; readonly assembler: FrameAssembler } {
  const frames: Delivered[] = []
  const open = new Map<number, Map<number, number>>()
  let bytes: Uint8Array = new Uint8Array()
  const assembler = new FrameAssembler({
    format,
    ...options,
    sink: {
      open: (frame) => {
        open.set(frame.frame, new Map())
        return true
      },
      place: (frame, header, dataAt) => {
        for (let unit = header.firstUnit; unit < header.firstUnit + header.units; unit += 1)
          open.get(frame.frame)?.set(unit, bytes[dataAt] ?? -1)
      },
      close: (frame) => {
        const units = open.get(frame.frame)
        open.delete(frame.frame)
        frames.push({
          frame: frame.frame,
          missing: missingPackets(frame, format),
          units: Array.from({ length: format.units }, (_, unit) =>
            hasUnit(frame, unit) ? (units?.get(unit) ?? -1) : -1,
          ),
        })
      },
    },
  })
  let nowMs = 0
  for (const packet of packets) {
    bytes = packet
    const place: PacketPlace = {
      view: new DataView(packet.buffer, packet.byteOffset, packet.byteLength),
      bytes: packet,
      at: 0,
      length: packet.length,
    }
    assembler.packet(place, nowMs)
    nowMs += options.stepMs ?? 0
  }
  if (options.skipFlush !== true) assembler.flush()
  return { frames, assembler }
}
