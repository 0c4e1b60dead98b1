import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { openRecordingFiles } from '../recording/recording-files.ts'

/* POSIX ustar, uncompressed: see recording/recording-files.ts, which reads it. */

const chunkBytes = 4_194_304

/** Puts a recording into one uncompressed tar archive, which can be played as it is. Resolves with its size. */
export async function archiveRecording(recording: string, archive: string): Promise<number> {
  const files = await openRecordingFiles(recording)
  const out = createWriteStream(archive)
  let bytes = 0
  const write = async (part: Uint8Array): Promise<void> => {
    bytes += part.length
    if (!out.write(part)) await once(out, 'drain')
  }
  try {
    for (const path of await files.list()) {
      const file = await files.open(path)
      await write(tarHeader(path, file.sizeBytes))
      for (let at = 0; at < file.sizeBytes; at += chunkBytes)
        await write(await file.read(at, Math.min(chunkBytes, file.sizeBytes - at)))
      await write(Buffer.alloc((512 - (file.sizeBytes % 512)) % 512))
      await file.close()
    }
    await write(Buffer.alloc(1_024))
    out.end()
    await once(out, 'close')
    return bytes
  } finally {
    await files.close()
  }
}

function tarHeader(path: string, sizeBytes: number): Buffer {
  const header = Buffer.alloc(512)
  const slash = path.length > 100 ? path.indexOf('/', path.length - 101) : -1
  header.write(slash < 0 ? path : path.slice(slash + 1), 0, 100)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  // Sizes of 8 GiB and more need twelve digits without an end mark, which every reader of ustar takes.
  header.write(sizeBytes.toString(8).padStart(11, '0').padEnd(12, '\0'), 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\u000000', 257)
  if (slash > 0) header.write(path.slice(0, slash), 345, 155)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}
