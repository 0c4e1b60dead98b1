/* A detector sends a frame (what one port delivers for one image) as packets. Every packet covers some units of the frame:
 * SLS detectors count packets, GIGAFROST counts rows. The bitmap of units decides when a frame is complete. */

/** What a packet's header says. One object is reused for all packets, so that the hot path allocates nothing (bench/assemble.ts). */
export interface PacketHeader {
  /** Tells frames apart. */
  frame: number
  /** The id of the image that the frame belongs to. */
  image: number
  /** First unit that this packet covers, and how many. */
  firstUnit: number
  units: number
  /** Where the pixels start in the packet. */
  dataOffset: number
  /** Detector-specific words, see `metaNames` of the format. */
  readonly meta: Float64Array
}

export const metaWords = 8

export function emptyHeader(): PacketHeader {
  return { frame: 0, image: 0, firstUnit: 0, units: 0, dataOffset: 0, meta: new Float64Array(metaWords) }
}

/** How the packets of one kind of detector are read. */
export interface PacketFormat {
  readonly name: string
  /** Units of a whole frame. */
  readonly units: number
  /** Packets of a whole frame when all are sent in the usual size. */
  readonly packetsPerFrame: number
  /** Rows of the port's picture that one unit holds, and their pixels. */
  readonly rowsPerUnit: number
  readonly rows: number
  readonly columns: number
  /** Bytes of one row as it is sent. */
  readonly rowBytes: number
  /** Longest datagram that is legal. */
  readonly maxPacketBytes: number
  /**
   * Reads the header at `at` into `into`. False when the datagram is none of this detector: wrong length, protocol, packet number or
   * an id of 2^53 and above. Never reads outside of `at` to `at + length`.
   */
  read(packet: PacketPlace, into: PacketHeader): boolean
}

/** A datagram in memory. `view` and `bytes` look at the same buffer; reused for all packets. */
export interface PacketPlace {
  readonly view: DataView
  readonly bytes: Uint8Array
  at: number
  length: number
}

/** Largest id that is carried as a number. */
export const largestId = Number.MAX_SAFE_INTEGER
