import { ByteWriter } from './byte-writer.ts'
import { undefinedAddress } from './object-header.ts'

const childrenPerNode = 64

/** Every node lies in a page of its own where it fits, so that a reader never sees half of an update. */
export const nodeAlignment = 4096

export interface Chunk {
  /** First frame of the chunk. */
  readonly frame: number
  /** Stored (compressed) bytes. */
  readonly bytes: number
  readonly address: number
}

/* Chunk index node (version 1 B-tree): 'TREE' 1  level U8  used U16  left U64  right U64  key child key child ... key
 *   key: stored bytes U32  filter mask U32  offsets U64 x (rank + 1), in elements, the last 0
 * Source: HDF5 file format specification version 3, III.A.1 */
function encodeNode(node: {
  readonly level: number
  readonly left: number | bigint
  readonly right: number | bigint
  readonly rank: number
  readonly entries: readonly Chunk[]
  readonly endFrame: number
}): Uint8Array {
  const out = new ByteWriter()
    .text('TREE')
    .u8(1, node.level)
    .u16(node.entries.length)
    .u64(node.left)
    .u64(node.right)
  const key = (bytes: number, frame: number): void => {
    out
      .u32(bytes)
      .u32(0)
      .u64(frame)
      .zeros(8 * node.rank)
  }
  for (const entry of node.entries) {
    key(entry.bytes, entry.frame)
    out.u64(entry.address)
  }
  key(0, node.endFrame)
  return out.zeros(nodeBytes(node.rank) - out.length).done()
}

/** Bytes of one node of an index over `rank` dimensions. */
export function nodeBytes(rank: number): number {
  const keyBytes = 8 + 8 * (rank + 1)
  return 24 + (childrenPerNode + 1) * keyBytes + childrenPerNode * 8
}

export interface NodeWrite {
  readonly address: number
  readonly bytes: Uint8Array
}

/** Number of nodes per level, leaves first, for at most `chunks` chunks. */
export function nodesPerLevel(chunks: number): number[] {
  const levels = [Math.max(1, Math.ceil(chunks / childrenPerNode))]
  while ((levels.at(-1) ?? 1) > 1) levels.push(Math.ceil((levels.at(-1) ?? 1) / childrenPerNode))
  return levels
}

/**
 * The index of one chunked dataset whose nodes were set aside beforehand. Chunks arrive in frame order; each `add` gives the
 * node pages to write, leaves first, so that the file is readable after every single write.
 */
export class ChunkIndex {
  private readonly levels: number[]
  private readonly first: number[]
  private readonly entries: Chunk[][][]
  private readonly options: {
    readonly address: number
    readonly rank: number
    readonly framesPerChunk: number
    readonly maxChunks: number
  }
  private readonly pageBytes: number
  private chunks = 0

  constructor(options: {
    readonly address: number
    readonly rank: number
    readonly framesPerChunk: number
    readonly maxChunks: number
  }) {
    this.options = options
    this.levels = nodesPerLevel(options.maxChunks)
    this.pageBytes = indexBytes(options.rank, 1)
    this.first = []
    let node = 0
    for (const count of this.levels) {
      this.first.push(node)
      node += count
    }
    this.entries = this.levels.map((count) => Array.from({ length: count }, () => []))
  }

  /** Address of the root node. */
  get root(): number {
    return this.nodeAddress(this.levels.length - 1, 0)
  }

  private nodeAddress(level: number, node: number): number {
    return this.options.address + ((this.first[level] ?? 0) + node) * this.pageBytes
  }

  private encode(level: number, node: number): NodeWrite {
    const entries = this.entries[level]?.[node] ?? []
    const last = entries.at(-1)
    const span = this.options.framesPerChunk * childrenPerNode ** level
    const isLast = node >= (this.entries[level]?.findLastIndex((candidate) => candidate.length > 0) ?? 0)
    return {
      address: this.nodeAddress(level, node),
      bytes: encodeNode({
        level,
        left: node === 0 ? undefinedAddress : this.nodeAddress(level, node - 1),
        right: isLast ? undefinedAddress : this.nodeAddress(level, node + 1),
        rank: this.options.rank,
        entries,
        endFrame:
          last === undefined ? 0 : level === 0 ? last.frame + this.options.framesPerChunk : last.frame + span,
      }),
    }
  }

  /** Every node as it stands, for the first write of the file. */
  initial(): NodeWrite[] {
    return this.levels.flatMap((count, level) =>
      Array.from({ length: count }, (_, node) => this.encode(level, node)),
    )
  }

  /** Records the next chunk. Throws RangeError when the reserved index is full. */
  add(chunk: Omit<Chunk, 'frame'>): NodeWrite[] {
    if (this.chunks >= this.options.maxChunks)
      throw new RangeError(`the index has room for ${this.options.maxChunks} chunks`)
    const frame = this.chunks * this.options.framesPerChunk
    let entry: Chunk = { ...chunk, frame }
    let position = this.chunks
    const writes: NodeWrite[] = []
    for (let level = 0; level < this.levels.length; level += 1) {
      const node = Math.floor(position / childrenPerNode)
      const slot = position % childrenPerNode
      const list = this.entries[level]?.[node]
      if (list === undefined) throw new RangeError('chunk outside of the index')
      if (level === 0 || list.length <= slot) list[slot] = entry
      writes.push(this.encode(level, node))
      // A node that gains a right neighbour is written again, so that both point at each other.
      if (slot === 0 && list.length === 1 && node > 0) writes.push(this.encode(level, node - 1))
      entry = {
        frame: (this.entries[level]?.[node]?.[0] ?? entry).frame,
        bytes: (list[0] ?? entry).bytes,
        address: this.nodeAddress(level, node),
      }
      position = node
    }
    this.chunks += 1
    return writes
  }
}

/** Bytes to set aside for an index of at most `maxChunks` chunks. */
export function indexBytes(rank: number, maxChunks: number): number {
  const page = Math.ceil(nodeBytes(rank) / nodeAlignment) * nodeAlignment
  return nodesPerLevel(maxChunks).reduce((sum, count) => sum + count, 0) * page
}
