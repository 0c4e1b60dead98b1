import { Hdf5Error } from '../error.ts'
import type { FramesNode, GroupNode, Node } from '../tree.ts'
import { ByteWriter } from './byte-writer.ts'
import { ChunkIndex, indexBytes } from './chunk-index.ts'
import { GlobalHeap } from './global-heap.ts'
import { encodeObjectHeader, encodeSuperblock, superblockBytes, type HeaderMessage } from './object-header.ts'
import {
  childPath,
  frameSize,
  objectMessages,
  wrongShape,
  type HeapPlace,
  type ObjectNode,
  type Where,
} from './object-messages.ts'

/** Data starts on a page, so that frames are written in whole pages. */
export const pageBytes = 4096

/** A dataset of frames as it lies in the planned file. */
export interface PlannedFrames {
  readonly path: string
  readonly node: FramesNode
  readonly elementBytes: number
  readonly frameBytes: number
  readonly headerAddress: number
  /** The object header for a number of frames; its size never changes. */
  header(frames: number): Uint8Array
  /** Contiguous: where frame 0 lies. */
  readonly dataAddress: number
  /** Chunked: the index, whose nodes have their places before the data. */
  readonly index: ChunkIndex | undefined
}

export interface FilePlan {
  /** Superblock, heap, headers, small values: written first, at offset 0. */
  readonly bytes: Uint8Array
  readonly rootAddress: number
  readonly frames: ReadonlyMap<string, PlannedFrames>
  /** First byte after everything that has a fixed place; chunks are appended from here. */
  readonly endOfFile: number
}

interface Placed {
  readonly path: string
  readonly node: ObjectNode
  readonly messages: (where: Where) => HeaderMessage[]
  readonly address: number
}

/** Gives every object of the tree its place and encodes all metadata. A hard link must name a path of the tree. */
export function planFile(root: GroupNode): FilePlan {
  const texts: HeapPlace = { heap: new GlobalHeap(), collection: superblockBytes }
  const described = describe(root, '/', texts)
  const heapBytes = texts.heap.isEmpty ? new Uint8Array(0) : texts.heap.encode()
  const placed = place(described, superblockBytes + heapBytes.length)
  const out = new ByteWriter().zeros(superblockBytes).raw(heapBytes)
  const addressOf = (path: string): number => placed.get(path)?.address ?? unknownPath(path)
  const end = Math.max(
    ...[...placed.values()].map((object) => object.address + headerOf(object, nowhere).length),
  )
  let endOfFile = Math.ceil(end / pageBytes) * pageBytes
  const frames = new Map<string, PlannedFrames>()
  for (const object of placed.values()) {
    out.zeros(object.address - out.length)
    if (object.node.kind !== 'frames') {
      out.raw(headerOf(object, { ...nowhere, addressOf }))
      continue
    }
    const { planned, next } = planFrames(object, object.node, endOfFile)
    frames.set(object.path, planned)
    endOfFile = next
    // A contiguous dataset shows its full length from the start; a chunked one grows.
    out.raw(planned.header(planned.index === undefined ? object.node.frames : 0))
  }
  const bytes = out.pad(pageBytes).done()
  const rootAddress = addressOf('/')
  bytes.set(encodeSuperblock(endOfFile, rootAddress), 0)
  return { bytes, rootAddress, frames, endOfFile }
}

type Described = Omit<Placed, 'address'>

function describe(node: Node, path: string, texts: HeapPlace): Described[] {
  if (node.kind === 'hard-link' || node.kind === 'soft-link' || node.kind === 'external-link') return []
  const here = { path, node, messages: objectMessages(path, node, texts) }
  if (node.kind !== 'group') return [here]
  const children = Object.entries(node.children).flatMap(([name, child]) => {
    if (name === '' || name.includes('/'))
      throw wrongShape(`"${name}" cannot be the name of an object in ${path}`)
    return describe(child, childPath(path, name), texts)
  })
  return [here, ...children]
}

const nowhere: Where = { addressOf: () => 0, dataAddress: 0, rootNode: 0, frames: 0 }

function headerOf(object: Described, where: Where): Uint8Array {
  return encodeObjectHeader(object.messages(where))
}

function place(described: readonly Described[], from: number): Map<string, Placed> {
  const placed = new Map<string, Placed>()
  let address = from
  for (const object of described) {
    placed.set(object.path, { ...object, address })
    address += Math.ceil(headerOf(object, nowhere).length / 8) * 8
  }
  return placed
}

function planFrames(
  object: Placed,
  node: FramesNode,
  from: number,
): { readonly planned: PlannedFrames; readonly next: number } {
  if (!Number.isSafeInteger(node.frames) || node.frames < 0)
    throw wrongShape(`${object.path}: ${node.frames} frames`)
  const size = frameSize(node)
  let index: ChunkIndex | undefined
  let dataAddress = from
  let next = from + Math.ceil((node.frames * size.frameBytes) / pageBytes) * pageBytes
  if (node.layout !== undefined && node.layout !== 'contiguous') {
    const rank = node.frameShape.length + 1
    const maxChunks = Math.max(1, Math.ceil(node.frames / node.layout.framesPerChunk))
    index = new ChunkIndex({ address: from, rank, framesPerChunk: node.layout.framesPerChunk, maxChunks })
    next = from + indexBytes(rank, maxChunks)
    dataAddress = next
  }
  const header = (frames: number): Uint8Array =>
    headerOf(object, { ...nowhere, dataAddress, rootNode: index?.root ?? 0, frames })
  return {
    planned: { path: object.path, node, ...size, headerAddress: object.address, header, dataAddress, index },
    next,
  }
}

function unknownPath(path: string): never {
  throw new Hdf5Error({
    code: 'HDF5_PATH_UNKNOWN',
    message: `a hard link points at ${path}, which the file does not hold`,
    fault: 'caller',
    remedy: 'Name the full path of an object of the same tree, or use a soft link.',
  })
}
