import { randomUUID } from 'node:crypto'
import {
  composeDescriptorDoc,
  type DescriptorComposer,
  type DescriptorOptions,
} from './compose-descriptor.ts'
import {
  composeResourceDoc,
  composeStreamResourceDoc,
  type ResourceComposer,
  type ResourceOptions,
  type StreamResourceComposer,
  type StreamResourceOptions,
} from './compose-assets.ts'
import type { ExitStatus, RunStart, RunStop } from './documents.ts'
import { EventModelError } from './error.ts'
import { unixSecondsNow, type UnixSeconds } from './time.ts'
import { assertValidDocument } from './validate.ts'

export interface ComposeRunOptions {
  /** Default: a new uuid4. */
  readonly uid?: string | undefined
  /** Default: now. */
  readonly time?: UnixSeconds | undefined
  /** Further fields of the start document; `uid` and `time` are refused here. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
  /** Checks every composed document. Default true. */
  readonly validate?: boolean | undefined
  /** Clock of all documents of the run. Default: the system clock. */
  readonly now?: (() => UnixSeconds) | undefined
  /** Default: crypto.randomUUID. */
  readonly newUid?: (() => string) | undefined
}

/** What each composing function of a run shares. */
export interface RunContext {
  readonly runUid: string
  readonly validate: boolean
  readonly now: () => UnixSeconds
  readonly newUid: () => string
  /** Next seq_num of each stream; a stream is here once it has a descriptor. */
  readonly counters: Map<string, number>
  /** Keys of each stream, as first described. */
  readonly streamKeys: Map<string, ReadonlySet<string>>
}

/** A copy of the next seq_num of every stream, taken for a rewind. */
export type SeqCounters = ReadonlyMap<string, number>

export interface StopOptions {
  /** Default 'success'. */
  readonly exit_status?: ExitStatus | undefined
  /** Default ''. */
  readonly reason?: string | undefined
  readonly uid?: string | undefined
  readonly time?: UnixSeconds | undefined
}

export interface RunComposer {
  readonly startDoc: RunStart
  /** Opens a stream, or describes it anew with the same keys. Throws EVENT_MODEL_KEYS_MISMATCH, EVENT_MODEL_INVALID. */
  readonly composeDescriptor: (options: DescriptorOptions) => DescriptorComposer
  /** Throws EVENT_MODEL_INVALID. */
  readonly composeResource: (options: ResourceOptions) => ResourceComposer
  /** Throws EVENT_MODEL_INVALID. */
  readonly composeStreamResource: (options: StreamResourceOptions) => StreamResourceComposer
  /** Closes the run; `num_events` has every described stream. Throws EVENT_MODEL_RUN_STOPPED the second time. */
  readonly composeStop: (options?: StopOptions) => RunStop
  /** Copy of the counters, for a checkpoint. */
  readonly seqCounters: () => SeqCounters
  /** Rewinds the counters to a copy; streams unknown in it restart at 1. `keep` names streams that are left alone. */
  readonly restoreSeqCounters: (copy: SeqCounters, options?: { readonly keep?: readonly string[] }) => void
}

/** Opens a run: composes its start document and everything that refers to it. Documents are numbered, linked and
 * checked here and nowhere else. Throws EVENT_MODEL_RESERVED_METADATA, EVENT_MODEL_INVALID. */
export function composeRun(options: ComposeRunOptions = {}): RunComposer {
  const now = options.now ?? unixSecondsNow
  const newUid = options.newUid ?? randomUUID
  const metadata = options.metadata ?? {}
  for (const key of ['uid', 'time'] as const) {
    if (key in metadata) {
      throw new EventModelError({
        code: 'EVENT_MODEL_RESERVED_METADATA',
        message: `metadata may not hold '${key}'`,
        fault: 'caller',
        remedy: `Remove '${key}' from the metadata: it is set when the run is opened.`,
      })
    }
  }
  const startDoc: RunStart = { uid: options.uid ?? newUid(), time: options.time ?? now(), ...metadata }
  const validate = options.validate ?? true
  if (validate) assertValidDocument('start', startDoc)
  const counters = new Map<string, number>()
  const context: RunContext = {
    runUid: startDoc.uid,
    validate,
    now,
    newUid,
    counters,
    streamKeys: new Map(),
  }
  let stopped = false

  return {
    startDoc,
    composeDescriptor: (o) => composeDescriptorDoc(context, o),
    composeResource: (o) => composeResourceDoc(context, o),
    composeStreamResource: (o) => composeStreamResourceDoc(context, o),
    composeStop(o = {}) {
      if (stopped) throw alreadyStopped(startDoc.uid)
      const doc: RunStop = {
        uid: o.uid ?? newUid(),
        time: o.time ?? now(),
        run_start: startDoc.uid,
        exit_status: o.exit_status ?? 'success',
        reason: o.reason ?? '',
        num_events: Object.fromEntries([...counters].map(([stream, next]) => [stream, next - 1])),
      }
      if (validate) assertValidDocument('stop', doc)
      stopped = true
      return doc
    },
    seqCounters: () => new Map(counters),
    restoreSeqCounters(copy, o = {}) {
      for (const stream of counters.keys()) {
        if (!o.keep?.includes(stream)) counters.set(stream, copy.get(stream) ?? 1)
      }
    },
  }
}

function alreadyStopped(uid: string): EventModelError {
  return new EventModelError({
    code: 'EVENT_MODEL_RUN_STOPPED',
    message: `the run ${uid} already has a stop document`,
    fault: 'caller',
    remedy: 'Compose one stop document per run.',
  })
}
