import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CodecName, codecNames } from './step.ts'

const headBytes = 61

/**
 * What a topic of one partition holds, read from the log files of the server. They have the same layout in Kafka and here, so
 * this tells independently of any client how records were compressed.
 */
export function storedBatches(
  logDirectory: string,
  topic: string,
): { readonly records: number; readonly codecs: ReadonlySet<CodecName> } {
  const folder = join(logDirectory, `${topic}-0`)
  const codecs = new Set<CodecName>()
  let records = 0
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.log'))) {
    const bytes = readFileSync(join(folder, name))
    for (let at = 0; at + headBytes <= bytes.length;) {
      const lengthBytes = bytes.readInt32BE(at + 8)
      if (lengthBytes <= 0) break
      const codec = codecNames[bytes.readInt16BE(at + 21) & 7]
      if (codec !== undefined) codecs.add(codec)
      records += bytes.readInt32BE(at + 57)
      at += 12 + lengthBytes
    }
  }
  return { records, codecs }
}
