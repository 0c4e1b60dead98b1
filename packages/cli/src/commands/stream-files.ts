import {
  archiveRecording,
  catFormats,
  catMessages,
  cutStream,
  exportFormats,
  exportMessages,
  importFormatOf,
  importFormats,
  importRecording,
  type MessageChoice,
  parsePosition,
  preloadTopic,
  printLines,
  recordingInfo,
  verifyRecording,
  writeAlertSamples,
} from '@beamtime/stream-replay'
import { once } from 'node:events'
import { CliError } from '../error.ts'
import { bytesText, printJson, printLine, printTable } from '../print.ts'
import { streamAction, withRecordings, withReplay } from '../stream/open-stream.ts'
import type { ChoiceOptions, ImportCommandOptions, StreamOptions } from '../stream/stream-options.ts'

function choiceOf(options: ChoiceOptions): MessageChoice {
  const { start, stop, select, limit } = options
  return {
    ...(start === undefined ? {} : { start: parsePosition(start, '--start') }),
    ...(stop === undefined ? {} : { stop: parsePosition(stop, '--stop') }),
    ...(select === undefined ? {} : { select }),
    ...(limit === undefined ? {} : { limit: wholeNumber(limit, '--limit') }),
  }
}

function wholeNumber(text: string, name: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new CliError({
    code: 'CLI_USAGE',
    message: `${name} ${text} is no whole number`,
    remedy: `give e.g. ${name} 10`,
  })
}

function formatOf<const T extends string>(given: string, formats: readonly T[]): T {
  const found = formats.find((one) => one === given)
  if (found !== undefined) return found
  throw new CliError({
    code: 'CLI_USAGE',
    message: `--format ${given} is unknown`,
    remedy: `give one of ${formats.join(', ')}`,
  })
}

export function streamCat(source: string, options: ChoiceOptions): Promise<number> {
  return streamAction(options, () => {
    const format = formatOf(options.format ?? 'json', catFormats)
    const choice = choiceOf(options)
    return withRecordings(options, source, async (replay) => {
      const opened = await replay.source(source)
      try {
        for await (const part of catMessages(opened, format, choice))
          if (!process.stdout.write(part)) await once(process.stdout, 'drain')
        return 0
      } finally {
        await opened.close()
      }
    })
  })
}

export function streamPrint(source: string, options: ChoiceOptions): Promise<number> {
  return streamAction(options, () =>
    withRecordings(options, source, async (replay) => {
      const opened = await replay.source(source)
      try {
        for await (const line of printLines(opened, choiceOf(options))) printLine(line)
        return 0
      } finally {
        await opened.close()
      }
    }),
  )
}

const bars = '▁▂▃▄▅▆▇█'

export function streamInfo(name: string, options: StreamOptions): Promise<number> {
  return streamAction(options, () =>
    withRecordings(options, name, async (replay) => {
      const info = await recordingInfo(replay.pathOf(name))
      if (options.json === true) {
        printJson(info)
        return 0
      }
      const { manifest, messages, bytes, firstMs, lastMs, rates } = info
      printLine(
        `${manifest.id}  made ${manifest.created} on ${manifest.host}${manifest.closed ? '' : '  (not closed)'}`,
      )
      printLine(`${messages} messages, ${bytesText(bytes)}`)
      if (firstMs !== null && lastMs !== null)
        printLine(
          `${new Date(firstMs).toISOString()} to ${new Date(lastMs).toISOString()} (${((lastMs - firstMs) / 1_000).toFixed(3)} s)`,
        )
      const highest = Math.max(...rates, 1e-9)
      if (rates.length > 0)
        printLine(
          `${rates.map((rate) => (rate === 0 ? ' ' : bars[Math.min(7, Math.floor((rate / highest) * 8))])).join('')}  up to ${highest.toFixed(1)}/s`,
        )
      printTable(
        ['TOPIC', 'PARTITION', 'MESSAGES', 'BYTES', 'OFFSETS', 'FORMAT'],
        manifest.topics.flatMap((topic) =>
          topic.partitions.map((one) => [
            topic.name,
            String(one.partition),
            String(one.count),
            bytesText(one.bytes),
            one.count === 0 ? '-' : `${one.first}..${one.last}`,
            topic.format,
          ]),
        ),
      )
      return 0
    }),
  )
}

export function streamVerify(
  name: string,
  options: StreamOptions & { readonly repair?: boolean },
): Promise<number> {
  return streamAction(options, () =>
    withRecordings(options, name, async (replay) => {
      const report = await verifyRecording(replay.pathOf(name), { repair: options.repair === true })
      if (options.json === true) printJson(report)
      else {
        for (const { topic, partition, segment, position, kind, detail } of report.damages)
          printLine(`${topic}/${partition} ${segment} at ${position}: ${kind}, ${detail}`)
        const state = report.damages.length === 0 ? 'sound' : options.repair === true ? 'repaired' : 'damaged'
        printLine(
          `${state}: ${report.messages} messages in ${report.batches} batches, ${bytesText(report.bytes)}`,
        )
      }
      return report.damages.length === 0 ? 0 : 1
    }),
  )
}

export function streamCut(
  source: string,
  options: ChoiceOptions & { readonly output: string },
): Promise<number> {
  return streamAction(options, () =>
    withRecordings(options, source, async (replay) => {
      const opened = await replay.source(source)
      try {
        const count = await cutStream(opened, replay.pathOf(options.output), choiceOf(options))
        printLine(`${count} messages written to ${replay.pathOf(options.output)}`)
        return 0
      } finally {
        await opened.close()
      }
    }),
  )
}

export function streamExport(
  source: string,
  options: ChoiceOptions & { readonly output: string },
): Promise<number> {
  return streamAction(options, () =>
    withRecordings(options, source, async (replay) => {
      const format = formatOf(options.format ?? 'jsonl', [...exportFormats, 'tar'])
      if (format === 'tar') {
        printLine(
          `${bytesText(await archiveRecording(replay.pathOf(source), options.output))} written to ${options.output}`,
        )
        return 0
      }
      const opened = await replay.source(source)
      try {
        const count = await exportMessages(opened, { path: options.output, format }, choiceOf(options))
        printLine(`${count} messages written to ${options.output}`)
        return 0
      } finally {
        await opened.close()
      }
    }),
  )
}

function importOptions(
  files: readonly string[],
  options: ImportCommandOptions,
): {
  readonly format: (typeof importFormats)[number]
  readonly timePath: string | null
  readonly schemaId: number | null
} {
  const { format, timePath = null, schemaId } = options
  return {
    format: format === undefined ? importFormatOf(files[0] ?? '') : formatOf(format, importFormats),
    timePath,
    schemaId: schemaId === undefined ? null : wholeNumber(schemaId, '--schema-id'),
  }
}

export function streamImport(
  files: readonly string[],
  options: ImportCommandOptions & { readonly output: string },
): Promise<number> {
  return streamAction(options, () =>
    withRecordings(options, options.output, async (replay) => {
      const directory = replay.pathOf(options.output)
      const count = await importRecording(
        files,
        { directory, topic: options.topic },
        importOptions(files, options),
      )
      printLine(`${count} messages written to ${directory}`)
      return 0
    }),
  )
}

/** Preloads a topic, as the alert simulator's create-stream does. */
export function streamCreate(files: readonly string[], options: ImportCommandOptions): Promise<number> {
  return streamAction(options, () =>
    withReplay(options, async (replay) => {
      const { topic, force = false } = options
      const count = await preloadTopic(replay, {
        files,
        topic,
        replaces: force,
        ...importOptions(files, options),
      })
      printLine(`successfully preloaded stream with ${count} messages`)
      return 0
    }),
  )
}

export async function streamSample(directory: string, options: StreamOptions): Promise<number> {
  return await streamAction(options, async () => {
    const samples = await writeAlertSamples(directory)
    if (options.json === true) printJson(samples)
    else
      for (const { path, alerts, bytes } of samples)
        printLine(`${path}: ${alerts} alerts, ${bytesText(bytes)}`)
    return 0
  })
}
