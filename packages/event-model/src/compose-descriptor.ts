import type { RunContext } from './compose.ts'
import type {
  DataKey,
  Event,
  EventDescriptor,
  EventPage,
  ObjectConfiguration,
  ObjectHints,
} from './documents.ts'
import { EventModelError } from './error.ts'
import type { UnixSeconds } from './time.ts'
import { assertValidDocument } from './validate.ts'

export interface DescriptorOptions {
  /** Name of the stream, e.g. 'primary'. */
  readonly name: string
  readonly data_keys: Readonly<Record<string, DataKey>>
  readonly hints?: Readonly<Record<string, ObjectHints>> | undefined
  readonly configuration?: Readonly<Record<string, ObjectConfiguration>> | undefined
  readonly object_keys?: Readonly<Record<string, readonly string[]>> | undefined
  readonly object_classes?: Readonly<Record<string, string>> | undefined
  readonly uid?: string | undefined
  readonly time?: UnixSeconds | undefined
}

export interface EventOptions {
  readonly data: Event['data']
  readonly timestamps: Event['timestamps']
  /** Default: the stream's counter; the counter becomes seq_num + 1. */
  readonly seq_num?: number | undefined
  /** Default {}. */
  readonly filled?: Event['filled'] | undefined
  readonly uid?: string | undefined
  readonly time?: UnixSeconds | undefined
}

export interface EventPageOptions {
  readonly data: EventPage['data']
  readonly timestamps: EventPage['timestamps']
  /** Default: counter, counter + 1, … */
  readonly seq_num?: readonly number[] | undefined
  /** Default {}. */
  readonly filled?: EventPage['filled'] | undefined
  readonly uid?: readonly string[] | undefined
  /** Default: now, repeated. */
  readonly time?: readonly UnixSeconds[] | undefined
}

export interface DescriptorComposer {
  readonly descriptorDoc: EventDescriptor
  /** Throws EVENT_MODEL_KEYS_MISMATCH, EVENT_MODEL_INVALID; the counter then stays. */
  readonly composeEvent: (options: EventOptions) => Event
  /** Throws EVENT_MODEL_COLUMN_LENGTHS, EVENT_MODEL_KEYS_MISMATCH, EVENT_MODEL_INVALID; the counter then stays. */
  readonly composeEventPage: (options: EventPageOptions) => EventPage
}

export function composeDescriptorDoc(run: RunContext, options: DescriptorOptions): DescriptorComposer {
  const keys = new Set(Object.keys(options.data_keys))
  const descriptorDoc: EventDescriptor = {
    configuration: options.configuration ?? {},
    data_keys: options.data_keys,
    name: options.name,
    object_keys: options.object_keys ?? {},
    run_start: run.runUid,
    time: options.time ?? run.now(),
    uid: options.uid ?? run.newUid(),
    object_classes: options.object_classes ?? {},
    hints: options.hints ?? {},
  }
  if (run.validate) {
    const known = run.streamKeys.get(options.name)
    if (known && !sameKeys(known, keys)) {
      throw keysMismatch(
        `the stream '${options.name}' was described with the keys ${[...known].join(', ')} and now with ${[...keys].join(', ')}`,
        'Keep the keys of a stream, or use another stream name.',
      )
    }
    assertValidDocument('descriptor', descriptorDoc)
  }
  if (!run.streamKeys.has(options.name)) {
    run.streamKeys.set(options.name, keys)
    run.counters.set(options.name, 1)
  }
  return composerOf(run, descriptorDoc, options.name)
}

function composerOf(run: RunContext, descriptorDoc: EventDescriptor, stream: string): DescriptorComposer {
  const checkKeys = keyCheck(descriptorDoc)
  const nextSeqNum = (): number => run.counters.get(stream) ?? 1
  return {
    descriptorDoc,
    composeEvent(o) {
      const seqNum = o.seq_num ?? nextSeqNum()
      const doc: Event = {
        descriptor: descriptorDoc.uid,
        uid: o.uid ?? run.newUid(),
        time: o.time ?? run.now(),
        seq_num: seqNum,
        data: o.data,
        timestamps: o.timestamps,
        filled: o.filled ?? {},
      }
      if (run.validate) {
        assertValidDocument('event', doc)
        checkKeys(doc)
      }
      run.counters.set(stream, seqNum + 1)
      return doc
    },
    composeEventPage(o) {
      const n = rowCount(o)
      const first = nextSeqNum()
      const doc: EventPage = {
        uid: o.uid ?? Array.from({ length: n }, () => run.newUid()),
        time: o.time ?? repeated(run.now(), n),
        seq_num: o.seq_num ?? Array.from({ length: n }, (_, i) => first + i),
        descriptor: descriptorDoc.uid,
        data: o.data,
        timestamps: o.timestamps,
        filled: o.filled ?? {},
      }
      if (run.validate) {
        assertValidDocument('event_page', doc)
        checkKeys(doc)
      }
      run.counters.set(stream, first + n)
      return doc
    },
  }
}

function repeated<T>(value: T, n: number): T[] {
  return Array.from({ length: n }, () => value)
}

/** Number of rows; every column, seq_num, uid and time must agree. */
function rowCount(o: EventPageOptions): number {
  let n = o.seq_num?.length ?? o.uid?.length ?? o.time?.length
  const lengths = [o.seq_num, o.uid, o.time].flatMap((list) => (list ? [list.length] : []))
  for (const columns of [o.data, o.timestamps, o.filled ?? {}]) {
    for (const column of Object.values(columns)) lengths.push(column.length)
  }
  n ??= lengths[0] ?? 0
  if (lengths.some((length) => length !== n)) {
    throw new EventModelError({
      code: 'EVENT_MODEL_COLUMN_LENGTHS',
      message: `the columns of an event_page have different lengths: ${[...new Set(lengths)].join(', ')}`,
      fault: 'caller',
      remedy: 'Give every column, uid, time and seq_num the same number of rows.',
    })
  }
  return n
}

interface Keyed {
  readonly data: Readonly<Record<string, unknown>>
  readonly timestamps: Readonly<Record<string, unknown>>
  readonly filled?: Readonly<Record<string, unknown>>
}

/* data, timestamps and data_keys must have the same keys, 'STREAM:' keys left out on each side. Runs once per event:
 * see bench/compose.ts. */
function keyCheck(descriptor: EventDescriptor): (doc: Keyed) => void {
  const inline = new Set<string>()
  const streamed = new Set<string>()
  for (const [key, dataKey] of Object.entries(descriptor.data_keys)) {
    ;(dataKey.external === 'STREAM:' ? streamed : inline).add(key)
  }
  const matches = (record: Readonly<Record<string, unknown>>): boolean => {
    let n = 0
    for (const key in record) {
      if (inline.has(key)) n++
      else if (!streamed.has(key)) return false
    }
    return n === inline.size
  }
  return (doc) => {
    if (!matches(doc.data) || !matches(doc.timestamps)) {
      throw keysMismatch(
        `data has the keys ${listKeys(doc.data)}, timestamps ${listKeys(doc.timestamps)}, the descriptor of '${descriptor.name}' ${listKeys(descriptor.data_keys)}`,
        "Give data and timestamps exactly the descriptor's keys ('STREAM:' keys may be left out).",
      )
    }
    for (const key in doc.filled) {
      if (!(key in doc.data)) {
        throw keysMismatch(`filled has the key '${key}', data has not`, 'Name in filled only keys of data.')
      }
    }
  }
}

function listKeys(record: Readonly<Record<string, unknown>>): string {
  return `[${Object.keys(record).join(', ')}]`
}

function sameKeys(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((key) => b.has(key))
}

function keysMismatch(message: string, remedy: string): EventModelError {
  return new EventModelError({ code: 'EVENT_MODEL_KEYS_MISMATCH', message, fault: 'caller', remedy })
}
