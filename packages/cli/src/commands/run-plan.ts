import { setTimeout as delay } from 'node:timers/promises'
import type { HistoryItem, PlanProgress } from '@beamtime/queue-client'
import { CliError } from '../error.ts'
import { durationText, printJson, printLine } from '../print.ts'
import { argumentsText } from '../queue/item-text.ts'
import { planItem, type ItemOptions } from '../queue/plan-item.ts'
import type { QueueOptions, QueueSession } from '../queue/queue-session.ts'
import { environmentSettled } from './queue-control.ts'
import { withSession } from './queue-edit.ts'

type RunOptions = QueueOptions & ItemOptions & { readonly quiet?: boolean }

/** Runs one plan at once and waits for its end. Exit code 0 when it completed, else 1. Ctrl-C leaves it running. */
export function runPlan(words: readonly string[], options: RunOptions): Promise<number> {
  return withSession(options, async (session) => {
    await openEnvironment(session, options)
    const item = await planItem(session, words, options)
    const stop = new AbortController()
    const progress = progressLine(options)
    let uid = ''
    const watching = session.client.subscribe({
      signal: stop.signal,
      onProgress(event) {
        if (event.item_uid === uid) progress.show(event)
      },
    })
    const reply = await session.ask('queue_item_execute', { item, ...session.user })
    uid = (reply['item'] as { item_uid?: string } | undefined)?.item_uid ?? ''
    if (options.json !== true) printLine(`running ${item.name}(${argumentsText(item)})`)
    const ended = await finished(session, uid)
    progress.clear()
    stop.abort()
    await watching
    return report(ended, options)
  })
}

async function openEnvironment(session: QueueSession, options: RunOptions): Promise<void> {
  const status = await session.ask('status')
  const exists = status['worker_environment_exists'] === true
  const isOpening = status['manager_state'] === 'creating_environment'
  if (exists && !isOpening) return
  if (options.json !== true) printLine('opening the environment')
  if (!isOpening) await session.ask('environment_open')
  await environmentSettled(session, 'environment_open')
}

/** The entry of the history, when the plan is there. */
async function finished(session: QueueSession, uid: string): Promise<HistoryItem> {
  let historyUid: unknown = null
  for (;;) {
    const status = await session.ask('status')
    if (status['plan_history_uid'] !== historyUid) {
      historyUid = status['plan_history_uid']
      const { items } = (await session.ask('history_get')) as { items?: readonly HistoryItem[] }
      const entry = items?.findLast((item) => item.item_uid === uid)
      if (entry !== undefined) return entry
    }
    if (status['manager_state'] === 'paused' && status['running_item_uid'] === uid)
      throw new CliError({
        code: 'CLI_FAILED',
        message: 'the plan is paused',
        remedy: 'go on with `beamtime queue resume`, or end it with `beamtime queue abort`',
        fault: 'environment',
      })
    await delay(50)
  }
}

function report(entry: HistoryItem, options: RunOptions): number {
  const { result } = entry
  if (options.json === true) printJson(entry)
  else {
    const took = durationText(Math.max(0, result.time_stop - result.time_start))
    printLine(`${result.exit_status} after ${took}`)
    for (const uid of result.run_uids) printLine(`run ${uid}`)
    if (result.exit_status !== 'completed' && result.msg !== '') process.stderr.write(`${result.msg}\n`)
  }
  return result.exit_status === 'completed' ? 0 : 1
}

interface ProgressLine {
  show(event: PlanProgress): void
  clear(): void
}

/** One line that is rewritten on a terminal; elsewhere a line each ten percent (or ten points). */
function progressLine(options: RunOptions): ProgressLine {
  if (options.json === true || options.quiet === true)
    return { show: () => undefined, clear: () => undefined }
  const isTerminal = process.stdout.isTTY
  let lastStep = -1
  return {
    show(event) {
      const text = progressText(event)
      if (isTerminal) {
        process.stdout.write(`\r\u001b[2K${text}`)
        return
      }
      const step = event.total === null ? Math.floor(event.n / 10) : Math.floor((event.n * 10) / event.total)
      if (step === lastStep) return
      lastStep = step
      printLine(text)
    },
    clear() {
      if (isTerminal) process.stdout.write('\r\u001b[2K')
    },
  }
}

function progressText(event: PlanProgress): string {
  const moving = event.devices
    .filter((device) => device.done !== true && typeof device.current === 'number')
    .map(
      (device) =>
        `${device.name} ${device.current?.toPrecision(5)}${device.unit === undefined ? '' : ` ${device.unit}`}`,
    )
  const points = event.total === null ? `${event.n} points` : `${event.n} of ${event.total} points`
  return ['  ' + points, ...moving.slice(0, 3)].join('   ')
}
