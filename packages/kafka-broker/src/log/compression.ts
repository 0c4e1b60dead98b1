import { promisify } from 'node:util'
import { gunzip, gunzipSync, gzip, zstdCompress, zstdDecompress, zstdDecompressSync } from 'node:zlib'
import { decodeLz4Frame } from '../core/lz4.ts'
import { encodeLz4Frame } from '../core/lz4-encode.ts'
import type { codecNames } from '../core/record-batch.ts'
import { decodeSnappy } from '../core/snappy.ts'
import { encodeSnappy } from '../core/snappy-encode.ts'

export type CodecName = (typeof codecNames)[number]

const gunzipAsync = promisify(gunzip)
const gzipAsync = promisify(gzip)
const zstdAsync = promisify(zstdDecompress)
const zstdCompressAsync = promisify(zstdCompress)

/** No records section grows beyond this when the broker has to look into it. */
const maxPlainBytes = 1_073_741_824

/* The broker looks into batches to find a time within one, to compact, and for the old message formats; otherwise they are
 * stored and served as sent. */

/** The plain records section of a batch. Throws on malformed input. */
export async function decompress(codec: CodecName, section: Uint8Array): Promise<Uint8Array> {
  switch (codec) {
    case 'gzip':
      return await gunzipAsync(section, { maxOutputLength: maxPlainBytes })
    case 'zstd':
      return await zstdAsync(section, { maxOutputLength: maxPlainBytes })
    case 'none':
    case 'snappy':
    case 'lz4':
      return decompressAtOnce(codec, section, maxPlainBytes)
  }
}

/** As {@link decompress}, where the order of requests does not allow to wait. */
export function decompressAtOnce(codec: CodecName, section: Uint8Array, maxBytes: number): Uint8Array {
  switch (codec) {
    case 'none':
      return section
    case 'gzip':
      return gunzipSync(section, { maxOutputLength: maxBytes })
    case 'snappy':
      return decodeSnappy(section, maxBytes)
    case 'lz4':
      return decodeLz4Frame(section, maxBytes)
    case 'zstd':
      return zstdDecompressSync(section, { maxOutputLength: maxBytes })
  }
}

/** A records section in the codec of its producer. */
export async function compress(codec: CodecName, section: Uint8Array): Promise<Uint8Array> {
  switch (codec) {
    case 'none':
      return section
    case 'gzip':
      return await gzipAsync(section)
    case 'snappy':
      return encodeSnappy(section)
    case 'lz4':
      return encodeLz4Frame(section)
    case 'zstd':
      return await zstdCompressAsync(section)
  }
}
