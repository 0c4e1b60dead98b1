export { avroToJson } from './avro/avro-json.ts'
export type { AvroNode, LogicalType, PrimitiveKind } from './avro/avro-node.ts'
export { parseAvroSchema, type AvroSchema } from './avro/avro-schema.ts'
export { frameDatum, isFramed, rubinSchemaId, unframeDatum } from './avro/confluent-frame.ts'
export { detectFormat, type MessageFormat } from './avro/detect-format.ts'
export { fieldEditor, type FieldEditor, type FieldValue } from './avro/field-edits.ts'
export {
  containerCodecs,
  ContainerReader,
  ContainerWriter,
  isContainer,
  readContainer,
  type ContainerCodec,
  type ContainerHeader,
  type ContainerWriterOptions,
} from './avro/object-container.ts'
export {
  avroOf,
  fixedSource,
  registrySource,
  type RegisteredSchema,
  type SchemaSource,
} from './avro/registry-client.ts'
export { snappyCompress, snappyDecompress } from './avro/snappy.ts'
