/* What a network does to packets, on purpose: for simulators and tests. */

export interface PacketFaults {
  /** Fractions of packets, 0 to 1. */
  readonly drop?: number
  readonly dup?: number
  readonly reorder?: number
  readonly late?: number
  /** Fraction of whole images that are never sent. */
  readonly gap?: number
  /** A late packet comes this many images later. Default 8. */
  readonly lateImages?: number
  readonly seed?: number
}

/** A small generator of numbers from 0 to 1; the same seed gives the same faults. */
export function faultRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface FaultCounts {
  sent: number
  dropped: number
  duplicated: number
  reordered: number
  late: number
  gaps: number
}

/** Applies faults to the packets of one image after the other; `T` is whatever stands for a packet. */
export class FaultInjector<T> {
  readonly counts: FaultCounts = { sent: 0, dropped: 0, duplicated: 0, reordered: 0, late: 0, gaps: 0 }
  private readonly faults: PacketFaults
  private readonly random: () => number
  private readonly heldBack: { readonly dueImage: number; readonly packet: T }[] = []
  private image = 0

  constructor(faults: PacketFaults) {
    this.faults = faults
    this.random = faultRandom(faults.seed ?? 1)
  }

  /** What is sent in place of the packets of the next image. */
  next(packets: readonly T[]): T[] {
    const { faults, random, counts } = this
    const chance = (fraction: number | undefined): boolean =>
      fraction !== undefined && fraction > 0 && random() < fraction
    this.image += 1
    const due = this.heldBack.filter((held) => held.dueImage <= this.image)
    for (const held of due) this.heldBack.splice(this.heldBack.indexOf(held), 1)
    const out = due.map((held) => held.packet)
    if (chance(faults.gap)) {
      counts.gaps += 1
      counts.sent += out.length
      return out
    }
    for (const packet of packets) {
      if (chance(faults.drop)) counts.dropped += 1
      else if (chance(faults.late)) {
        counts.late += 1
        this.heldBack.push({ dueImage: this.image + (faults.lateImages ?? 8), packet })
      } else {
        out.push(packet)
        if (chance(faults.dup)) {
          counts.duplicated += 1
          out.push(packet)
        }
      }
    }
    for (let at = 0; at + 1 < out.length; at += 1) {
      if (!chance(faults.reorder)) continue
      const other = Math.min(out.length - 1, at + 1 + Math.floor(random() * 8))
      const [a, b] = [out[at], out[other]]
      if (a === undefined || b === undefined) continue
      out[at] = b
      out[other] = a
      counts.reordered += 1
    }
    counts.sent += out.length
    return out
  }
}
