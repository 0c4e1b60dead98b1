import { CliError } from '../error.ts'
import { printJson, printLine } from '../print.ts'
import { argumentsText, shortUid, type ItemLike } from '../queue/item-text.ts'
import { planItem, type ItemOptions } from '../queue/plan-item.ts'
import { openSession, type QueueOptions, type QueueSession } from '../queue/queue-session.ts'

export interface AddOptions extends QueueOptions, ItemOptions {
  readonly front?: boolean
  readonly before?: string
  readonly after?: string
  readonly position?: string
}

/** Opens a session, does one thing, closes it. */
export async function withSession(
  options: QueueOptions,
  action: (session: QueueSession) => Promise<number>,
): Promise<number> {
  const session = await openSession(options)
  try {
    return await action(session)
  } finally {
    await session.close()
  }
}

export function queueAdd(words: readonly string[], options: AddOptions): Promise<number> {
  return withSession(options, async (session) => {
    const item = await planItem(session, words, options)
    const reply = await session.ask('queue_item_add', {
      item,
      ...session.user,
      ...(await placeOf(session, options)),
    })
    if (options.json === true) printJson(reply)
    else {
      const added = (reply['item'] ?? {}) as ItemLike
      printLine(
        `added ${item.name}(${argumentsText(item)})  ${shortUid(added.item_uid)}  ${waiting(reply['qsize'])}`,
      )
    }
    return 0
  })
}

function waiting(size: unknown): string {
  return typeof size === 'number' ? `${size} in the queue` : ''
}

async function placeOf(session: QueueSession, options: AddOptions): Promise<Record<string, unknown>> {
  if (options.before !== undefined) return { before_uid: await wholeUid(session, options.before) }
  if (options.after !== undefined) return { after_uid: await wholeUid(session, options.after) }
  if (options.front === true) return { pos: 'front' }
  return options.position === undefined ? {} : { pos: positionOf(options.position) }
}

function positionOf(text: string): number | string {
  if (text === 'front' || text === 'back') return text
  if (/^-?\d+$/.test(text)) return Number(text)
  throw new CliError({
    code: 'CLI_USAGE',
    message: `${text} is not a position`,
    remedy: 'give front, back or a number',
  })
}

interface QueueReply {
  readonly items?: readonly ItemLike[]
  readonly running_item?: ItemLike
}

/** The uid that starts with these characters. */
async function wholeUid(session: QueueSession, start: string): Promise<string> {
  const { items = [] } = (await session.ask('queue_get')) as QueueReply
  const found = items.map((item) => String(item.item_uid)).filter((uid) => uid.startsWith(start))
  if (found.length === 1 && found[0] !== undefined) return found[0]
  throw new CliError({
    code: 'CLI_NOT_FOUND',
    message:
      found.length === 0 ? `no item ${start} in the queue` : `${found.length} items start with ${start}`,
    remedy: 'see `beamtime queue list`',
  })
}

/** A number is a position, anything else the start of a uid. */
async function itemPlace(session: QueueSession, text: string): Promise<Record<string, unknown>> {
  return /^(-?\d{1,5}|front|back)$/.test(text)
    ? { pos: positionOf(text) }
    : { uid: await wholeUid(session, text) }
}

export function queueRemove(item: string, options: QueueOptions): Promise<number> {
  return withSession(options, async (session) => {
    const reply = await session.ask('queue_item_remove', await itemPlace(session, item))
    const removed = (reply['item'] ?? {}) as ItemLike
    if (options.json === true) printJson(reply)
    else printLine(`removed ${String(removed.name)}(${argumentsText(removed)})`)
    return 0
  })
}

export function queueMove(item: string, position: string, options: QueueOptions): Promise<number> {
  return withSession(options, async (session) => {
    const { uid, pos } = await itemPlace(session, item)
    const from = uid === undefined ? { pos } : { uid }
    const reply = await session.ask('queue_item_move', {
      ...from,
      ...(await destinationOf(session, position)),
    })
    if (options.json === true) printJson(reply)
    else printLine(`moved ${String(((reply['item'] ?? {}) as ItemLike).name)}`)
    return 0
  })
}

async function destinationOf(session: QueueSession, text: string): Promise<Record<string, unknown>> {
  const match = /^(before|after):(.+)$/.exec(text)
  if (match === null) return { pos_dest: positionOf(text) }
  return { [`${match[1]}_uid`]: await wholeUid(session, match[2] ?? '') }
}

export function queueClear(options: QueueOptions): Promise<number> {
  return withSession(options, async (session) => {
    const reply = await session.ask('queue_clear')
    if (options.json === true) printJson(reply)
    else printLine('the queue is empty')
    return 0
  })
}

export function queueMode(
  options: QueueOptions & { readonly loop?: string; readonly ignoreFailures?: string },
): Promise<number> {
  return withSession(options, async (session) => {
    const mode = {
      ...(options.loop === undefined ? {} : { loop: isOn(options.loop) }),
      ...(options.ignoreFailures === undefined ? {} : { ignore_failures: isOn(options.ignoreFailures) }),
    }
    const reply = Object.keys(mode).length === 0 ? null : await session.ask('queue_mode_set', { mode })
    const status = await session.ask('status')
    const present = status['plan_queue_mode'] as { loop?: boolean; ignore_failures?: boolean } | undefined
    if (options.json === true) printJson(reply ?? { plan_queue_mode: present })
    else printLine(`loop ${onOff(present?.loop)}, ignore failures ${onOff(present?.ignore_failures)}`)
    return 0
  })
}

export function queueAutostart(state: string, options: QueueOptions): Promise<number> {
  return withSession(options, async (session) => {
    const reply = await session.ask('queue_autostart', { enable: isOn(state) })
    if (options.json === true) printJson(reply)
    else printLine(`autostart ${onOff(isOn(state))}`)
    return 0
  })
}

function isOn(text: string): boolean {
  if (/^(on|true|yes|1)$/i.test(text)) return true
  if (/^(off|false|no|0)$/i.test(text)) return false
  throw new CliError({
    code: 'CLI_USAGE',
    message: `${text} is neither on nor off`,
    remedy: 'give on or off',
  })
}

function onOff(value: boolean | undefined): string {
  return value === true ? 'on' : 'off'
}
