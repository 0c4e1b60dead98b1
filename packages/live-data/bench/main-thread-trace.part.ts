/* What the main thread of a page does, from Chromium's own trace: script, style, layout, paint, commit, by processor time. */
import type { CDPSession } from 'playwright-core'

interface TraceEvent {
  readonly ph: string
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

const steps: Readonly<Record<string, readonly string[]>> = {
  style: ['UpdateLayoutTree'],
  layout: ['Layout'],
  prePaint: ['PrePaint'],
  paint: ['Paint'],
  layerize: ['Layerize'],
  commit: ['Commit'],
  script: ['FunctionCall', 'FireAnimationFrame', 'TimerFire', 'EvaluateScript'],
  garbage: ['MinorGC', 'MajorGC', 'V8.GC_MC_BACKGROUND_MARKING'],
}

/** Traces for some seconds; ms a second of each step and of all tasks of the main thread of this page. */
export async function traceMainThread(session: CDPSession, seconds: number): Promise<Record<string, number>> {
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])))
  const ended = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()))
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: [
        'toplevel',
        'devtools.timeline',
        'disabled-by-default-devtools.timeline',
        '__metadata',
      ],
    },
  })
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
  await session.send('Tracing.end')
  await ended
  return sumsOf(events, seconds)
}

function sumsOf(events: readonly TraceEvent[], seconds: number): Record<string, number> {
  const mains = events.filter(
    ({ ph, name, args }) => ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain',
  )
  const isMain = (event: TraceEvent): boolean =>
    mains.some(({ pid, tid }) => pid === event.pid && tid === event.tid)
  const complete = events.filter((event) => event.ph === 'X' && isMain(event))
  const sum = (names: readonly string[]): number => {
    const ms =
      complete
        .filter(({ name }) => names.includes(name))
        .reduce((all, { tdur, dur }) => all + (tdur ?? dur ?? 0), 0) / 1e3
    return Number((ms / seconds).toPrecision(3))
  }
  const all = Object.entries(steps).map(([step, names]) => [step, sum(names)] as const)
  return { allTasks: sum(['ThreadControllerImpl::RunTask']), ...Object.fromEntries(all) }
}
