import { promisify } from 'node:util'
import { gunzip, zstdDecompress } from 'node:zlib'
import { decodeLz4Frame } from '../core/lz4.ts'
import type { codecNames } from '../core/record-batch.ts'
import { decodeSnappy } from '../core/snappy.ts'

const gunzipAsync = promisify(gunzip)
const zstdAsync = promisify(zstdDecompress)

/** No records section grows beyond this when the broker has to look into it. */
const maxPlainBytes = 1_073_741_824

/** The plain records section of a batch. Needed only to find a time within a batch: batches are stored and served as sent. */
export async function decompress(
  codec: (typeof codecNames)[number],
  section: Uint8Array,
): Promise<Uint8Array> {
  switch (codec) {
    case 'none':
      return section
    case 'gzip':
      return await gunzipAsync(section, { maxOutputLength: maxPlainBytes })
    case 'snappy':
      return decodeSnappy(section, maxPlainBytes)
    case 'lz4':
      return decodeLz4Frame(section, maxPlainBytes)
    case 'zstd':
      return await zstdAsync(section, { maxOutputLength: maxPlainBytes })
  }
}
