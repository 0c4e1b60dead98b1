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

/** Chunks for which index nodes are set aside in front of the data; the index of a longer dataset grows at the end of the file. */
export const reservedChunks = childrenPerNode * childrenPerNode

/** Number of nodes per level, leaves first, for at most `chunks` chunks. */
export function nodesPerLevel(chunks: number): number[] {
  const levels = [Math.max(1, Math.ceil(chunks / childrenPerNode))]
  while ((levels.at(-1) ?? 1) > 1) levels.push(Math.ceil((levels.at(-1) ?? 1) / childrenPerNode))
  return levels
}

interface Node {
  readonly address: number
  readonly entries: Chunk[]
}

/** One level: how many nodes it has and the last two of them; older ones never change again. */
interface Level {
  count: number
  /** Addresses of the nodes that were set aside. */
  readonly reservedAt: number
  readonly reserved: number
  last: Node
  previous: Node | undefined
  /** Address of the node before `previous`. */
  beforePrevious: number | undefined
}

export interface ChunkIndexOptions {
  /** Where the nodes that are set aside lie. */
  readonly address: number
  readonly rank: number
  readonly framesPerChunk: number
  readonly maxChunks: number
  /** Room for one more node of `nodePageBytes` at the end of the file. */
  allocate?(bytes: number): number
}

/**
 * The index of one chunked dataset. Chunks arrive in frame order; each `add` gives the node pages to write, leaves first, so that the
 * file is readable after every single write. Nodes for the first `reservedChunks` chunks are set aside beforehand; more are made at
 * the end of the file, and then the root moves.
 */
export class ChunkIndex {
  private readonly options: ChunkIndexOptions
  private readonly pageBytes: number
  private readonly levels: Level[] = []
  private allocate: ((bytes: number) => number) | undefined
  private chunks = 0

  constructor(options: ChunkIndexOptions) {
    this.options = options
    this.pageBytes = nodePageBytes(options.rank)
    this.allocate = options.allocate === undefined ? undefined : (bytes) => options.allocate?.(bytes) ?? 0
    let at = options.address
    for (const reserved of nodesPerLevel(Math.min(options.maxChunks, reservedChunks))) {
      const last = { address: at, entries: [] }
      this.levels.push({
        count: 1,
        reservedAt: at,
        reserved,
        last,
        previous: undefined,
        beforePrevious: undefined,
      })
      at += reserved * this.pageBytes
    }
  }

  /** How nodes beyond the ones that were set aside get their place. */
  growWith(allocate: (bytes: number) => number): void {
    this.allocate = allocate
  }

  /** Address of the root node. It changes when the index becomes higher. */
  get root(): number {
    return this.levels.at(-1)?.last.address ?? 0
  }

  private encodeLast(level: Level, depth: number, which: 'last' | 'previous'): NodeWrite {
    const node = which === 'last' ? level.last : (level.previous ?? level.last)
    const left = which === 'last' ? level.previous?.address : level.beforePrevious
    const last = node.entries.at(-1)
    const span = this.options.framesPerChunk * childrenPerNode ** depth
    return {
      address: node.address,
      bytes: encodeNode({
        level: depth,
        left: left ?? undefinedAddress,
        right: which === 'last' ? undefinedAddress : level.last.address,
        rank: this.options.rank,
        entries: node.entries,
        endFrame: last === undefined ? 0 : last.frame + span,
      }),
    }
  }

  /** The empty nodes, for the first write of the file. */
  initial(): NodeWrite[] {
    return this.levels.map((level, depth) => this.encodeLast(level, depth, 'last'))
  }

  /** Records the next chunk. Throws RangeError when the index is full. */
  add(chunk: Omit<Chunk, 'frame'>): NodeWrite[] {
    if (this.chunks >= this.options.maxChunks)
      throw new RangeError(`the index has room for ${this.options.maxChunks} chunks`)
    let entry: Chunk = { ...chunk, frame: this.chunks * this.options.framesPerChunk }
    const writes: NodeWrite[] = []
    let isNew = true
    for (let depth = 0; depth < this.levels.length; depth += 1) {
      const level = this.levels[depth]
      if (level === undefined) break
      if (isNew) {
        const before = level.last
        const added = this.append(level, entry)
        writes.push(this.encodeLast(level, depth, 'last'))
        // The left neighbour is written again, so that both point at each other.
        if (added) writes.push(this.encodeLast(level, depth, 'previous'))
        if (added && depth === this.levels.length - 1) this.addLevel(before)
        isNew = level.last.entries.length === 1
      }
      const [first = entry] = level.last.entries
      entry = { frame: first.frame, bytes: first.bytes, address: level.last.address }
    }
    this.chunks += 1
    return writes
  }

  /** Puts an entry into the last node of the level, or into a new one when it is full; true for a new node. */
  private append(level: Level, entry: Chunk): boolean {
    if (level.last.entries.length < childrenPerNode) {
      level.last.entries.push(entry)
      return false
    }
    const address =
      level.count < level.reserved ? level.reservedAt + level.count * this.pageBytes : this.grow()
    level.beforePrevious = level.previous?.address
    level.previous = level.last
    level.last = { address, entries: [entry] }
    level.count += 1
    return true
  }

  /** A new root above a root that has become two nodes; `left` is the first of them. */
  private addLevel(left: Node): void {
    const [first] = left.entries
    if (first === undefined) return
    const entries = [{ frame: first.frame, bytes: first.bytes, address: left.address }]
    const last = { address: this.grow(), entries }
    this.levels.push({
      count: 1,
      reservedAt: 0,
      reserved: 0,
      last,
      previous: undefined,
      beforePrevious: undefined,
    })
  }

  private grow(): number {
    if (this.allocate === undefined) throw new RangeError('the index has no room for more nodes')
    return this.allocate(this.pageBytes)
  }
}

/** Bytes of the page that one node fills. */
function nodePageBytes(rank: number): number {
  return Math.ceil(nodeBytes(rank) / nodeAlignment) * nodeAlignment
}

/** Bytes to set aside for an index of at most `maxChunks` chunks. */
export function indexBytes(rank: number, maxChunks: number): number {
  const nodes = nodesPerLevel(Math.min(maxChunks, reservedChunks))
  return nodes.reduce((sum, count) => sum + count, 0) * nodePageBytes(rank)
}
