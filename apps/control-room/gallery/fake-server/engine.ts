import type { HistoryItem, QueueItem } from '@beamtime/http-gateway/ui-types'
import { newUid } from './items.ts'
import { fakeRun } from './run-data.ts'
import { nowS, type World } from './world.ts'

/** Advances the running plan by one point each `world.pointSeconds`; finished plans make room for the next. */
export function runEngine(world: World): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const again = (): void => {
    timer = setTimeout(() => {
      tick(world)
      again()
    }, world.pointSeconds * 1000)
  }
  again()
  return () => clearTimeout(timer)
}

export function tick(world: World): void {
  if (world.manager !== 'executing_queue') return
  const run = world.runs.at(-1)
  if (run === undefined || run.stopTime !== null) return
  if (world.isPausePending) {
    world.isPausePending = false
    world.manager = 'paused'
    return world.events.status()
  }
  run.rows += 1
  world.events.runRows(run)
  const x = run.columns.get(run.choice.x)?.[run.rows - 1] ?? 0
  world.console.push({
    time: nowS(),
    msg: `${run.summary.plan_name} ${run.summary.scan_id} · point ${run.rows} · ${run.choice.x} ${x.toFixed(4)}\n`,
    level: 'info',
    item: null,
  })
  world.events.console(world.console.slice(-1))
  if (run.rows >= (run.summary.num_points ?? 0)) endPlan(world, 'completed')
  world.events.status()
}

export function startNext(world: World): void {
  const item = world.items.shift()
  if (item === undefined) {
    world.manager = 'idle'
    return world.events.status()
  }
  world.events.queue({ op: 'remove', uid: newUid(), pos: 0, item })
  if (item.item_type === 'instruction') {
    world.manager = 'idle'
    return world.events.status()
  }
  begin(world, item)
}

export function begin(world: World, item: QueueItem): void {
  world.running = item
  world.manager = 'executing_queue'
  world.pointSeconds = Math.min(world.pointSeconds, 0.25)
  const { title, motor, range } = wordsOf(item)
  const id = Math.max(2041, ...world.runs.map((run) => run.summary.scan_id ?? 0)) + 1
  const points = Number(item.kwargs?.['num'] ?? item.kwargs?.['points'] ?? 21)
  world.runs.push(
    fakeRun({
      id,
      title,
      plan: item.name,
      motor,
      range,
      unit: 'mm',
      points,
      shape: motor === null ? 'noise' : 'peak',
      user: item.user ?? 'mara',
      startS: nowS(),
      seconds: points * world.pointSeconds,
      exit: null,
      rows: 0,
    }),
  )
  world.runsTotal += 1
  world.events.queue({ op: 'running', uid: newUid(), item })
  world.events.runStarted()
  world.events.status()
}

/** Title and axis of an item that is about to run. */
function wordsOf(item: QueueItem): { title: string; motor: string | null; range: readonly [number, number] } {
  const meta = item.meta as { sample?: string; title?: string } | undefined
  const title = meta?.title ?? meta?.sample ?? item.name
  const [motor, from, to] = (item.args ?? []).slice(1) as [string?, number?, number?]
  const isLine = typeof motor === 'string' && typeof from === 'number' && typeof to === 'number'
  return isLine ? { title, motor, range: [from, to] } : { title, motor: null, range: [0, 1] }
}

export function endPlan(world: World, exit: HistoryItem['result']['exit_status']): void {
  const run = world.runs.at(-1)
  const item = world.running
  if (run === undefined || item === null) return
  run.stopTime = nowS()
  const status = exit === 'completed' || exit === 'stopped' ? 'success' : exit === 'failed' ? 'fail' : 'abort'
  Object.assign(run.summary, {
    stop_time: run.stopTime,
    exit_status: status,
    duration: run.stopTime - run.summary.time,
    points: run.rows,
    num_events: { primary: run.rows },
  })
  world.events.runChanged(run)
  const entry: HistoryItem = {
    ...item,
    result: {
      exit_status: exit,
      run_uids: [run.summary.uid],
      scan_ids: [run.summary.scan_id],
      time_start: run.summary.time,
      time_stop: run.stopTime,
      msg: '',
      traceback: '',
    },
  }
  world.past.unshift(entry)
  world.historyTotal += 1
  world.running = null
  world.events.history(entry)
  world.events.queue({ op: 'running', uid: newUid(), item: null })
  const goesOn = exit === 'completed' && !world.isStopPending
  world.isStopPending = false
  if (goesOn) startNext(world)
  else {
    world.manager = 'idle'
    world.events.status()
  }
}
