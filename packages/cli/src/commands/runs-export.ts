import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { exportRun } from '@beamtime/document-store/export'
import { CliError } from '../error.ts'
import { openRuns, runUid } from '../runs/open-runs.ts'
import type { ExportOptions, RunsOptions } from '../runs/runs-options.ts'

const formats = ['csv', 'json', 'jsonl', 'msgpack'] as const
type Format = (typeof formats)[number]

export async function runsExport(key: string, options: ExportOptions): Promise<number> {
  const format = formatOf(options)
  const catalog = openRuns(options)
  try {
    const uid = runUid(catalog, key)
    if (format === 'msgpack' && options.output === undefined && process.stdout.isTTY)
      throw new CliError({
        code: 'CLI_USAGE',
        message: 'MessagePack does not belong on a terminal',
        remedy: 'name a file with -o FILE, or redirect the output',
      })
    const chunks = exportRun(catalog, uid, { format, stream: options.stream })
    if (options.output === undefined) await writeToStandardOutput(chunks)
    else await pipeline(Readable.from(chunks), createWriteStream(options.output))
    return 0
  } finally {
    catalog.close()
  }
}

export function runsDocuments(key: string, options: RunsOptions): Promise<number> {
  return runsExport(key, { ...options, format: 'jsonl' })
}

function formatOf(options: ExportOptions): Format {
  const ending = /\.(\w+)$/.exec(options.output ?? '')?.[1]
  const name = options.format ?? (ending === undefined ? 'csv' : ending)
  const format = formats.find((candidate) => candidate === name)
  if (format !== undefined) return format
  throw new CliError({
    code: 'CLI_USAGE',
    message: `${name} is not a format`,
    remedy: `give --format ${formats.join(', ')}`,
  })
}

/** Waits where the reader is slower; standard output stays open. */
async function writeToStandardOutput(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks)
    if (!process.stdout.write(chunk)) await new Promise((resolve) => process.stdout.once('drain', resolve))
}
