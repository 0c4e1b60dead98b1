import type { Attributes, FramesNode, GroupNode, Node } from '../tree.ts'
import { Hdf5Error } from '../error.ts'
import { ByteWriter } from './byte-writer.ts'
import { bytesOfElement, type Datatype } from './datatype.ts'
import type { GlobalHeap } from './global-heap.ts'
import * as header from './object-header.ts'
import { encodeValue } from './value.ts'
import { encodeVirtualMappings } from './virtual-mapping.ts'

export type ObjectNode = Exclude<Node, { kind: 'hard-link' | 'soft-link' | 'external-link' }>

/** What is only known once every object has its place, and what changes while frames are written. */
export interface Where {
  addressOf(path: string): number
  readonly dataAddress: number
  readonly rootNode: number
  readonly frames: number
}

/** The texts and mappings of one heap; it lies at a fixed address, so values can be encoded before anything has a place. */
export interface HeapPlace {
  readonly heap: GlobalHeap
  readonly collection: number
}

/** The messages of an object's header as a function of the places; its size never depends on them. */
export function objectMessages(
  path: string,
  node: ObjectNode,
  texts: HeapPlace,
): (where: Where) => header.HeaderMessage[] {
  const attributes = attributeMessages(node.attributes, texts)
  switch (node.kind) {
    case 'group':
      return (where) => [header.linkInfo, header.groupInfo, ...links(node, path, where), ...attributes]
    case 'value': {
      const { type, space, data } = encodeValue(node.value, texts, node.shape)
      const layout = compactLayout(data, path)
      return () => [
        header.dataspace(space),
        header.datatype(type),
        header.fillValue('late'),
        layout,
        ...attributes,
      ]
    }
    case 'frames':
      return (where) => [...framesMessages(node, where), ...attributes]
    case 'virtual': {
      const mapping = texts.heap.add(encodeVirtualMappings(node.mappings))
      return () => [
        header.dataspace({ shape: node.shape }),
        header.datatype(datatypeOf(node.type)),
        header.fillValue('incremental'),
        header.virtualLayout(texts.collection, mapping),
        ...attributes,
      ]
    }
  }
}

export function childPath(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`
}

/** Bytes of one element and of one frame of a dataset of frames. */
export function frameSize(node: FramesNode): { readonly elementBytes: number; readonly frameBytes: number } {
  const elementBytes = bytesOfElement(datatypeOf(node.type))
  return { elementBytes, frameBytes: node.frameShape.reduce((product, size) => product * size, elementBytes) }
}

export function wrongShape(message: string): Hdf5Error {
  return new Hdf5Error({
    code: 'HDF5_SHAPE_WRONG',
    message,
    fault: 'caller',
    remedy: 'Correct the tree or the sizes that are given.',
  })
}

function datatypeOf(type: FramesNode['type']): Datatype {
  return typeof type === 'string' ? { kind: 'number', type } : type
}

function attributeMessages(attributes: Attributes | undefined, texts: HeapPlace): header.HeaderMessage[] {
  return Object.entries(attributes ?? {}).map(([name, value]) =>
    header.attribute(name, encodeValue(value, texts)),
  )
}

/* Data layout message (0x08), version 3, class 0: 3 0  size U16  data */
function compactLayout(data: Uint8Array, path: string): header.HeaderMessage {
  if (data.length > 60_000)
    throw wrongShape(`${path}: a value holds at most 60 000 bytes; store it as frames`)
  return { type: 0x08, data: new ByteWriter().u8(3, 0).u16(data.length).raw(data).done() }
}

function links(group: GroupNode, path: string, where: Where): header.HeaderMessage[] {
  return Object.entries(group.children).map(([name, child]) => {
    switch (child.kind) {
      case 'soft-link':
        return header.link(name, { kind: 'soft', path: child.target })
      case 'external-link':
        return header.link(name, { kind: 'external', file: child.file, path: child.target })
      case 'hard-link':
        return header.link(name, { kind: 'hard', address: where.addressOf(child.target) })
      case 'group':
      case 'value':
      case 'frames':
      case 'virtual':
        return header.link(name, { kind: 'hard', address: where.addressOf(childPath(path, name)) })
    }
  })
}

function framesMessages(node: FramesNode, where: Where): header.HeaderMessage[] {
  const type = datatypeOf(node.type)
  const { elementBytes, frameBytes } = frameSize(node)
  const shape = [where.frames, ...node.frameShape]
  if (node.layout === undefined || node.layout === 'contiguous') {
    return [
      header.dataspace({ shape }),
      header.datatype(type),
      header.fillValue('late'),
      header.contiguousLayout(where.dataAddress, where.frames * frameBytes),
    ]
  }
  const messages = [
    header.dataspace({ shape, maxShape: [header.unlimited, ...node.frameShape] }),
    header.datatype(type),
    header.fillValue('incremental'),
    header.chunkedLayout(where.rootNode, [node.layout.framesPerChunk, ...node.frameShape], elementBytes),
  ]
  // Values of filter 32008: version 0.4, element size, block size (0 = default), 2 = LZ4.
  if (node.layout.filter === 'bslz4') messages.push(header.filterPipeline(32008, [0, 4, elementBytes, 0, 2]))
  return messages
}
