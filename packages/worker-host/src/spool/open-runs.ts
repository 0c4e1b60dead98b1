import { randomUUID } from 'node:crypto'
import type { EventDescriptor, NamedDocument, RunStop, UnixSeconds } from '@beamtime/event-model'

/** A run that has a start and no stop yet, with what its stop document has to say. JSON. */
export interface OpenRun {
  readonly uid: string
  /** Descriptor uid → stream name. */
  readonly streams: Record<string, string>
  /** Stream name → highest seq_num. Equals the count of distinct numbers: they are contiguous, repeats of a rewind included. */
  readonly events: Record<string, number>
}

export interface OpenRuns {
  observe(document: NamedDocument): void
  snapshot(): readonly OpenRun[]
}

/** Follows documents in order and knows which runs are open. */
export function trackOpenRuns(initial: readonly OpenRun[] = []): OpenRuns {
  const runs = new Map<string, OpenRun>()
  const runOfDescriptor = new Map<string, OpenRun>()
  for (const run of initial) {
    const copy = { uid: run.uid, streams: { ...run.streams }, events: { ...run.events } }
    runs.set(copy.uid, copy)
    for (const descriptor of Object.keys(copy.streams)) runOfDescriptor.set(descriptor, copy)
  }

  function raise(descriptor: string, seqNum: number): void {
    const run = runOfDescriptor.get(descriptor)
    const stream = run?.streams[descriptor]
    if (run === undefined || stream === undefined) return
    if (seqNum > (run.events[stream] ?? 0)) run.events[stream] = seqNum
  }

  function describe(descriptor: EventDescriptor): void {
    const run = runs.get(descriptor.run_start)
    if (run === undefined) return
    const stream = descriptor.name ?? ''
    run.streams[descriptor.uid] = stream
    run.events[stream] ??= 0
    runOfDescriptor.set(descriptor.uid, run)
  }

  function end(runUid: string): void {
    const run = runs.get(runUid)
    if (run === undefined) return
    runs.delete(runUid)
    for (const descriptor of Object.keys(run.streams)) runOfDescriptor.delete(descriptor)
  }

  return {
    observe([name, document]) {
      if (name === 'event') raise(document.descriptor, document.seq_num)
      else if (name === 'event_page') document.seq_num.forEach((seqNum) => raise(document.descriptor, seqNum))
      else if (name === 'stream_datum') raise(document.descriptor, document.seq_nums.stop - 1)
      else if (name === 'start') runs.set(document.uid, { uid: document.uid, streams: {}, events: {} })
      else if (name === 'descriptor') describe(document)
      else if (name === 'stop') end(document.run_start)
    },
    snapshot: () => [...runs.values()],
  }
}

/** The stop document of a run whose process died. */
export function composeLostStop(run: OpenRun, time: UnixSeconds): RunStop {
  return {
    uid: randomUUID(),
    time,
    run_start: run.uid,
    exit_status: 'fail',
    reason: 'process died',
    num_events: { ...run.events },
  }
}
