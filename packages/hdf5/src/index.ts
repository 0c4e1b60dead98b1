export {
  createBulkFile,
  type BulkFile,
  type FilledChunk,
  type FramePlaces,
  type FramesWriter,
} from './bulk-file.ts'
export type { CompoundMember, Datatype, NumberType } from './core/datatype.ts'
export type { Hyperslab, Selection, VirtualMapping } from './core/virtual-mapping.ts'
export { Hdf5Error, type Hdf5ErrorCode } from './error.ts'
export type {
  Attributes,
  FramesNode,
  GroupNode,
  LinkNode,
  Node,
  NumberArray,
  Value,
  ValueNode,
  VirtualNode,
} from './tree.ts'
export { chunkBound, compressChunkReference, decompressChunk } from './bitshuffle-lz4/chunk.ts'
export {
  createChunkCompressor,
  workBytes,
  type ChunkCompressor,
  type CompressorMemory,
} from './bitshuffle-lz4/compressor.ts'
export { createChunkDecompressor, type ChunkDecompressor } from './bitshuffle-lz4/decompressor.ts'
export { createHdf5Reader, type Hdf5Reader, type ReaderOptions } from './reading/reader.ts'
export { parseSelection, type ArraySelection, type DimensionSelection } from './reading/selection.ts'
export { valuesToJson } from './reading/values-json.ts'
export type {
  AttributeInfo,
  Child,
  CompoundMemberType,
  DatasetInfo,
  ElementType,
  Entity,
  PlainValue,
  Statistics,
  TypedNumbers,
  Values,
} from './reading/entity.ts'
