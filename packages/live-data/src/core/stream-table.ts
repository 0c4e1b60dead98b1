import type { DeviceStream, Instrument } from '../instruments/instrument.ts'

/** What a (topic, source name) pair of the wire is here. */
export type StreamEntry =
  | { readonly kind: 'detector'; readonly stream: string }
  | { readonly kind: 'monitor'; readonly stream: string; readonly hasPixels: boolean }
  | { readonly kind: 'area'; readonly stream: string }
  | { readonly kind: 'log'; readonly stream: string; readonly unit: string }
  | { readonly kind: 'device'; readonly device: DeviceStream; readonly part: 'value' | 'target' | 'idle' }

/** Raw streams of an instrument by topic, then source name. */
export interface StreamTable {
  readonly topics: readonly string[]
  find(topic: string, source: string): StreamEntry | undefined
  entries(): readonly {
    readonly topic: string
    readonly stream: string
    readonly kind: StreamEntry['kind']
  }[]
}

/** The stream's own name. */
export function streamOf(entry: StreamEntry): string {
  return entry.kind === 'device' ? entry.device.stream : entry.stream
}

/**
 * Names of production, or the simplified ones of `dev`: one topic per kind, source name = stream name, monitors
 * `monitor1`, `monitor2`, …
 */
export function streamTable(instrument: Instrument, options: { readonly dev: boolean }): StreamTable {
  const table = new Map<string, Map<string, StreamEntry>>()
  const add = (topic: string, source: string, entry: StreamEntry): void => {
    const known = table.get(topic) ?? new Map<string, StreamEntry>()
    known.set(source, entry)
    table.set(topic, known)
  }
  const name = (part: string): string => `${instrument.name}_${part}`
  for (const bank of instrument.detectors) {
    const entry = { kind: 'detector', stream: bank.stream } as const
    if (options.dev)
      for (const source of [bank.stream, ...(bank.devSources ?? [])]) add(name('detector'), source, entry)
    else for (const { topic, source } of bank.sources) add(topic, source, entry)
  }
  for (const area of instrument.areaDetectors) {
    const entry = { kind: 'area', stream: area.stream } as const
    if (options.dev) add(name('area_detector'), area.stream, entry)
    else for (const { topic, source } of area.sources) add(topic, source, entry)
  }
  instrument.monitors.forEach((monitor, index) => {
    const hasPixels = monitor.pixels !== undefined
    const sources = options.dev ? [`monitor${index + 1}`] : [monitor.source, ...(monitor.alsoSources ?? [])]
    for (const source of sources)
      add(name('beam_monitor'), source, { kind: 'monitor', stream: monitor.stream, hasPixels })
  })
  for (const log of instrument.logs)
    add(name(options.dev ? 'motion' : log.topic), log.source, {
      kind: 'log',
      stream: log.stream,
      unit: log.unit,
    })
  for (const device of instrument.devices) {
    const topic = name(options.dev ? 'motion' : device.topic)
    for (const part of ['value', 'target', 'idle'] as const) {
      const source = device[part]
      if (source !== undefined) add(topic, source, { kind: 'device', device, part })
    }
  }
  return {
    topics: [...table.keys()],
    find: (topic, source) => table.get(topic)?.get(source),
    entries: () =>
      [...table].flatMap(([topic, sources]) =>
        [...sources.values()].map((entry) => ({ topic, stream: streamOf(entry), kind: entry.kind })),
      ),
  }
}
