import type { EventDescriptor } from '@beamtime/event-model'
import { durationText, printJson, printLine, printTable } from '../print.ts'
import { localTime } from '../queue/item-text.ts'
import { openRuns, runGone, runUid } from '../runs/open-runs.ts'
import type { RunsOptions } from '../runs/runs-options.ts'

export function runsShow(key: string, options: RunsOptions): Promise<number> {
  const catalog = openRuns(options)
  try {
    const run = catalog.run(runUid(catalog, key))
    if (run === null) throw runGone(key)
    if (options.json === true) {
      printJson(run)
      return Promise.resolve(0)
    }
    const { start, stop } = run
    printLine(`Run ${start.uid}`)
    const ended =
      stop === null ? 'running' : `${stop.exit_status} after ${durationText(stop.time - start.time)}`
    const facts: readonly (readonly [string, unknown])[] = [
      ['scan id', start.scan_id],
      ['plan', start['plan_name']],
      ['started', localTime(start.time)],
      ['status', ended],
      ['reason', stop?.reason === '' ? undefined : stop?.reason],
    ]
    for (const [name, value] of facts)
      if (value !== undefined && value !== null) printLine(`  ${name.padEnd(10)} ${shown(value)}`)
    printLine('\nMetadata')
    for (const [name, value] of Object.entries(start))
      if (!['uid', 'time', 'scan_id', 'plan_name'].includes(name))
        printLine(`  ${name.padEnd(22)} ${shown(value)}`)
    printLine('\nStreams')
    printTable(
      ['  STREAM', 'EVENTS', 'COLUMNS'],
      run.streams.map((stream) => [
        `  ${stream.name}`,
        String(stream.rows),
        columnsOf(run.descriptors, stream.name).join(', '),
      ]),
    )
    return Promise.resolve(0)
  } finally {
    catalog.close()
  }
}

function columnsOf(descriptors: readonly EventDescriptor[], stream: string): readonly string[] {
  const keys = descriptors
    .filter((descriptor) => (descriptor.name ?? 'primary') === stream)
    .flatMap((descriptor) => Object.keys(descriptor.data_keys))
  return [...new Set(keys)]
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}
