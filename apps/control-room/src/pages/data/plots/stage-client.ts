import type { ControlRoom } from '../../../app/control-room.ts'
import { beatNow } from '../beat.ts'
import type { OutputSummary, ShownOutput } from './shown-output.ts'
import type { OutputRequest } from './stage-outputs.ts'
import type { ChartCursor, ChartReport, ChartTable, FromStage, ToStage } from './stage-messages.ts'

/** The page's side of the stage: everything about plots goes through it, results come back as summaries. */
export interface StageClient {
  /** Starts the stage with the first user and ends it some seconds after the last; returns the end of use. */
  use(): () => void
  tell(message: ToStage): void
  follow(request: OutputRequest, onResult: (summary: OutputSummary, receivedMs: number) => void): () => void
  /** Calls with the arrays of an output now and when they change. */
  followWhole(request: OutputRequest, onOutput: (output: ShownOutput) => void): () => void
  nextChart(): number
  /** Called after each drawing of a chart, and with its cursor or null. */
  watch(chart: number, watcher: ChartWatcher): () => void
  table(chart: number): Promise<ChartTable>
}

export interface ChartWatcher {
  onReport(report: ChartReport): void
  onCursor(cursor: ChartCursor | null): void
}

type Stage = { readonly take: (message: ToStage) => void; readonly end: () => void }

const keptMs = 3_000

const clients = new WeakMap<ControlRoom, StageClient>()

export function stageClient(room: ControlRoom): StageClient {
  const known = clients.get(room)
  if (known !== undefined) return known
  const made = createStageClient((onMessage) =>
    room.hasWorkers && typeof OffscreenCanvas !== 'undefined'
      ? workerStage(onMessage)
      : pageStage(room, onMessage),
  )
  clients.set(room, made)
  return made
}

function workerStage(onMessage: (message: FromStage) => void): Stage {
  const worker = new Worker(new URL('./plots-worker.ts', import.meta.url), { type: 'module' })
  worker.addEventListener('message', (event: MessageEvent<FromStage>) => onMessage(event.data))
  return {
    take: (message) => {
      const moved =
        message.kind === 'open' && message.canvas instanceof OffscreenCanvas ? [message.canvas] : []
      worker.postMessage(message, moved)
    },
    end: () => worker.terminate(),
  }
}

/** The same within the page, where there is no socket that a worker could open: tests and the gallery. */
function pageStage(room: ControlRoom, onMessage: (message: FromStage) => void): Stage {
  const waiting: ToStage[] = []
  let take: ((message: ToStage) => void) | null = null
  let isEnded = false
  void import('./plot-stage.ts').then(({ createPlotStage }) => {
    const stage = createPlotStage({
      subscribe(request, onFrame) {
        const subscription = room.socket()?.subscribe('output', { ...request }, { frame: onFrame })
        return () => subscription?.close()
      },
      requestFrame: (run) => void requestAnimationFrame(run),
      tell: (message) => {
        if (!isEnded) onMessage(message)
      },
      beatMs: 0,
    })
    take = stage
    for (const message of waiting) stage(message)
  })
  return {
    take: (message) => {
      if (take === null) waiting.push(message)
      else take(message)
    },
    end: () => {
      isEnded = true
    },
  }
}

function createStageClient(start: (onMessage: (message: FromStage) => void) => Stage): StageClient {
  const listeners = new Map<string, Set<(summary: OutputSummary, receivedMs: number) => void>>()
  const wholes = new Map<string, Set<(output: ShownOutput) => void>>()
  const watchers = new Map<number, ChartWatcher>()
  const tables = new Map<number, (table: ChartTable) => void>()
  let withCursor = new Set<number>()
  let stage: Stage | null = null
  let users = 0
  let charts = 0
  let requests = 0

  function take(message: FromStage): void {
    switch (message.kind) {
      case 'beat':
        // With what else waits for a beat, so that layout and paint are paid once.
        return beatNow(() => showBeat(message))
      case 'whole':
        for (const listener of wholes.get(message.key) ?? []) listener(message.output)
        return
      case 'cursors':
        return showCursors(message.cursors)
      case 'table':
        tables.get(message.request)?.(message.table)
        tables.delete(message.request)
    }
  }

  function showBeat({ outputs, charts: drawn }: Extract<FromStage, { kind: 'beat' }>): void {
    for (const { key, summary, receivedMs } of outputs)
      for (const listener of listeners.get(key) ?? []) listener(summary, receivedMs)
    for (const report of drawn) watchers.get(report.chart)?.onReport(report)
  }

  function showCursors(cursors: readonly ChartCursor[]): void {
    const shown = new Set(cursors.map(({ chart }) => chart))
    for (const chart of withCursor) if (!shown.has(chart)) watchers.get(chart)?.onCursor(null)
    for (const cursor of cursors) watchers.get(cursor.chart)?.onCursor(cursor)
    withCursor = shown
  }

  const tell = (message: ToStage): void => stage?.take(message)
  return {
    use() {
      users += 1
      stage ??= start(take)
      return () => {
        users -= 1
        setTimeout(() => {
          if (users > 0) return
          stage?.end()
          stage = null
        }, keptMs)
      }
    },
    tell,
    follow(request, onResult) {
      const own = listeners.get(request.key) ?? new Set()
      listeners.set(request.key, own.add(onResult))
      tell({ kind: 'follow', ...request })
      return () => {
        own.delete(onResult)
        if (own.size === 0) listeners.delete(request.key)
        tell({ kind: 'unfollow', key: request.key })
      }
    },
    followWhole(request, onOutput) {
      const { key } = request
      const own = wholes.get(key) ?? new Set()
      wholes.set(key, own.add(onOutput))
      tell({ kind: 'follow', ...request })
      tell({ kind: 'whole', key, isWanted: true })
      return () => {
        own.delete(onOutput)
        if (own.size === 0) wholes.delete(key)
        tell({ kind: 'whole', key, isWanted: false })
        tell({ kind: 'unfollow', key })
      }
    },
    nextChart: () => (charts += 1),
    watch(chart, watcher) {
      watchers.set(chart, watcher)
      return () => {
        watchers.delete(chart)
        tell({ kind: 'close', chart })
      }
    },
    table(chart) {
      requests += 1
      const request = requests
      return new Promise((resolve) => {
        tables.set(request, resolve)
        tell({ kind: 'table', chart, request })
      })
    },
  }
}
