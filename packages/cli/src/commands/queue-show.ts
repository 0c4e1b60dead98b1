import type { HistoryItem, QueueItem } from '@beamtime/queue-client'
import { CliError } from '../error.ts'
import { durationText, printJson, printLine, printTable } from '../print.ts'
import { argumentsText, localTime, shortUid } from '../queue/item-text.ts'
import type { QueueOptions } from '../queue/queue-session.ts'
import { withSession } from './queue-edit.ts'

export function queueList(options: QueueOptions): Promise<number> {
  return withSession(options, async (session) => {
    const reply = await session.ask('queue_get')
    if (options.json === true) {
      printJson(reply)
      return 0
    }
    const running = (reply['running_item'] ?? {}) as Partial<QueueItem>
    const items = (reply['items'] ?? []) as readonly QueueItem[]
    const rows = items.map((item, index) => itemRow(String(index), item))
    if (running.name !== undefined) rows.unshift(itemRow('running', running))
    if (rows.length === 0) printLine('the queue is empty; add a plan: beamtime queue add count det')
    else printTable(['POS', 'UID', 'PLAN', 'ARGUMENTS', 'USER'], rows)
    return 0
  })
}

function itemRow(place: string, item: Partial<QueueItem>): readonly string[] {
  return [place, shortUid(item.item_uid), item.name ?? '', argumentsText(item), item.user ?? '']
}

export function queueStatus(options: QueueOptions): Promise<number> {
  return withSession(options, async (session) => {
    const status = await session.ask('status')
    if (options.json === true) {
      printJson(status)
      return 0
    }
    const mode = (status['plan_queue_mode'] ?? {}) as { loop?: boolean; ignore_failures?: boolean }
    const rows: readonly (readonly [string, unknown])[] = [
      ['manager', status['manager_state']],
      ['engine', status['re_state'] ?? 'none'],
      [
        'environment',
        status['worker_environment_exists'] === true ? status['worker_environment_state'] : 'closed',
      ],
      ['in the queue', status['items_in_queue']],
      ['in the history', status['items_in_history']],
      ['running', shortUid(status['running_item_uid']) || 'nothing'],
      ['stop pending', status['queue_stop_pending'] === true ? 'yes' : 'no'],
      ['pause pending', status['pause_pending'] === true ? 'yes' : 'no'],
      ['autostart', status['queue_autostart_enabled'] === true ? 'on' : 'off'],
      ['loop', mode.loop === true ? 'on' : 'off'],
      ['version', status['msg']],
    ]
    for (const [name, value] of rows) printLine(`${name.padEnd(15)} ${String(value)}`)
    return 0
  })
}

export function queueHistory(
  options: QueueOptions & { readonly lines?: string; readonly clear?: boolean },
): Promise<number> {
  return withSession(options, async (session) => {
    if (options.clear === true) {
      const reply = await session.ask('history_clear')
      if (options.json === true) printJson(reply)
      else printLine('the history is empty')
      return 0
    }
    const reply = await session.ask('history_get')
    const items = (reply['items'] ?? []) as readonly HistoryItem[]
    const last = items.slice(-countOf(options.lines))
    if (options.json === true) printJson({ ...reply, items: last })
    else if (last.length === 0) printLine('no plan has finished yet')
    else
      printTable(['FINISHED', 'STATUS', 'TOOK', 'PLAN', 'ARGUMENTS', 'RUNS', 'MESSAGE'], last.map(historyRow))
    return 0
  })
}

function countOf(given: string | undefined): number {
  if (given === undefined) return 20
  if (/^[1-9]\d{0,5}$/.test(given)) return Number(given)
  throw new CliError({
    code: 'CLI_USAGE',
    message: `--lines ${given} is not a number`,
    remedy: 'give e.g. -n 5',
  })
}

function historyRow(item: HistoryItem): readonly string[] {
  const { result } = item
  return [
    localTime(result.time_stop),
    result.exit_status,
    durationText(Math.max(0, result.time_stop - result.time_start)),
    item.name,
    argumentsText(item, 50),
    result.run_uids.map(shortUid).join(' '),
    (result.msg ?? '').split('\n')[0]?.slice(0, 80) ?? '',
  ]
}
