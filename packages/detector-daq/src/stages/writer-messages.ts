import { decodeImageMetadata, encodeImageMetadata, type ImageMetadata } from '../core/image-metadata.ts'
import { ProtobufWriter, readProtobuf } from '../core/protobuf.ts'

/* Driver and writers of the generation 2024-26 (daq contract 7.3), proto3:
 *   WriterAction   one of 1 create_file {1 path TEXT, 2 writer_id I32}, 2 record_image {1 image_metadata}, 3 close_file {},
 *                  4 confirm_last_image {}
 *   WriterResponse 1 code (0 unknown, 1 success, 2 failure), 2 reason TEXT */

export type WriterAction =
  | { readonly kind: 'create'; readonly path: string; readonly writerId: number }
  | { readonly kind: 'record'; readonly metadata: ImageMetadata }
  | { readonly kind: 'close' }
  | { readonly kind: 'confirm' }

export interface WriterResponse {
  readonly isSuccess: boolean
  readonly reason: string
}

const fields = { create: 1, record: 2, close: 3, confirm: 4 } as const
const success = 1
const failure = 2

export function encodeWriterAction(action: WriterAction): Uint8Array {
  const inner = new ProtobufWriter()
  if (action.kind === 'create') inner.text(1, action.path).uint(2, Math.max(0, action.writerId))
  if (action.kind === 'record') inner.sub(1, encodeImageMetadata(action.metadata))
  return new ProtobufWriter().sub(fields[action.kind], inner.done()).done()
}

/** Undefined for what is no action. */
export function decodeWriterAction(bytes: Uint8Array): WriterAction | undefined {
  const outer = readProtobuf(bytes)
  if (outer === undefined) return undefined
  const part = (field: number): Uint8Array | undefined => {
    const value = outer.get(field)
    return value instanceof Uint8Array ? value : undefined
  }
  if (part(fields.close) !== undefined) return { kind: 'close' }
  if (part(fields.confirm) !== undefined) return { kind: 'confirm' }
  const create = part(fields.create)
  if (create !== undefined) {
    const inner = readProtobuf(create)
    const path = inner?.get(1)
    const writerId = inner?.get(2)
    if (!(path instanceof Uint8Array)) return undefined
    return {
      kind: 'create',
      path: new TextDecoder().decode(path),
      writerId: typeof writerId === 'number' ? writerId : 0,
    }
  }
  const record = part(fields.record)
  const inner = record === undefined ? undefined : readProtobuf(record)?.get(1)
  const metadata = inner instanceof Uint8Array ? decodeImageMetadata(inner) : undefined
  return metadata === undefined ? undefined : { kind: 'record', metadata }
}

export function encodeWriterResponse({ isSuccess, reason }: WriterResponse): Uint8Array {
  return new ProtobufWriter()
    .uint(1, isSuccess ? success : failure)
    .text(2, reason)
    .done()
}

export function decodeWriterResponse(bytes: Uint8Array): WriterResponse | undefined {
  const read = readProtobuf(bytes)
  if (read === undefined) return undefined
  const reason = read.get(2)
  return {
    isSuccess: read.get(1) === success,
    reason: reason instanceof Uint8Array ? new TextDecoder().decode(reason) : '',
  }
}
