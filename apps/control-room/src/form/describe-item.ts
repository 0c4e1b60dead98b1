import type { FormModel, QueueItem } from '@beamtime/http-gateway/ui-types'
import { isPlainObject } from '../net/merge-patch.ts'
import { formatCount, formatNumber, noBreakSpace } from '../text/format-number.ts'
import { t } from '../text/text.ts'
import { itemParts, type ItemPart } from './item-parts.ts'

/** How an item reads in a list: the words of the scientist, never its key. */
export interface ItemWords {
  readonly title: string
  readonly plan: string
  readonly parameters: string
}

export interface DeviceWords {
  readonly unit?: string | undefined
  readonly precision?: number | undefined
}

export type DeviceLookup = (name: string) => DeviceWords | undefined

type Named = Pick<QueueItem, 'item_type' | 'name' | 'args' | 'kwargs' | 'meta'>

export function describeItem(
  item: Named,
  model: FormModel | undefined,
  device: DeviceLookup = () => undefined,
): ItemWords {
  if (item.item_type === 'instruction')
    return { title: t.queue.stopHere, plan: '', parameters: t.queue.stopHereHelp }
  return { title: titleOf(item, model), plan: item.name, parameters: parametersOf(item, model, device) }
}

/** Metadata of an item; of a list the earlier entries win. */
export function metaOf(item: Pick<QueueItem, 'meta'>): Readonly<Record<string, unknown>> {
  const parts = Array.isArray(item.meta) ? (item.meta as unknown[]) : [item.meta]
  const merged: Record<string, unknown> = {}
  for (const part of parts.toReversed()) if (isPlainObject(part)) Object.assign(merged, part)
  return merged
}

function titleOf(item: Named, model: FormModel | undefined): string {
  const meta = metaOf(item)
  const sample = meta['sample'] ?? meta['sample_name']
  const title = meta['title']
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
  if (isText(title) && isText(sample)) return title.includes(sample) ? title : `${sample}, ${title}`
  if (isText(title)) return title
  if (isText(sample)) return sample
  const words = model?.title ?? item.name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function parametersOf(item: Named, model: FormModel | undefined, device: DeviceLookup): string {
  const { fields, rows, rest } = itemParts(item, model)
  const named = new Map(fields.map((part) => [part.name, part]))
  const words: string[] = []
  if (rows.length > 0) words.push(...axesWords(rows, device), ...gridWords(rows))
  else words.push(...fields.filter(isDeviceList).map(({ value }) => valueWords(value)))
  words.push(...rest.map(valueWords).filter((text) => text !== ''))
  const range = rangeOf(fields)
  if (range !== null) words.push(range.text)
  words.push(...countWords(named))
  const spoken = new Set(['num', 'delay', 'points', 'md', 'repeats', ...(range?.names ?? [])])
  for (const part of fields) {
    if (spoken.has(part.name) || isDeviceList(part) || part.value === null || part.value === undefined)
      continue
    const label = (part.field?.label ?? part.name.replaceAll('_', ' ')).toLowerCase()
    words.push(`${label} ${valueWords(part.value)}${unitText(part.field?.unit)}`)
  }
  return words.join(' · ')
}

const unitText = (unit: string | undefined): string =>
  unit === undefined || unit === '' ? '' : `${noBreakSpace}${unit}`

function isDeviceList({ field, value }: ItemPart): boolean {
  return field?.pass === 'args' && field.kind === 'list' && Array.isArray(value)
}

/** One text per axis; a unit that the next axis repeats is left out. */
function axesWords(rows: readonly (readonly ItemPart[])[], device: DeviceLookup): readonly string[] {
  const axes = rows.map((row) => {
    const motor = textOf(row[0]?.value)
    return { words: axisWords(motor, row), unit: device(motor)?.unit }
  })
  return axes.map(({ words, unit }, i) => (axes[i + 1]?.unit === unit ? words : `${words}${unitText(unit)}`))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function axisWords(motor: string, row: readonly ItemPart[]): string {
  const start = row.find((part) => part.name === 'start')?.value
  const stop = row.find((part) => part.name === 'stop')?.value
  if (typeof start === 'number' && typeof stop === 'number') {
    const isAround = start === -stop && stop > 0
    return isAround ? `${motor} ±${plain(stop)}` : `${motor} ${plain(start)} → ${plain(stop)}`
  }
  const value = row[1]?.value
  if (!Array.isArray(value)) return `${motor} ${valueWords(value)}`.trim()
  const numbers = value.filter((v): v is number => typeof v === 'number')
  const [first, last] = [numbers[0], numbers.at(-1)]
  if (first === undefined || last === undefined) return motor
  return `${motor} ${plain(first)} → ${plain(last)} (${numbers.length})`
}

/** `41 × 31` of a grid. */
function gridWords(rows: readonly (readonly ItemPart[])[]): readonly string[] {
  const counts = rows
    .map((row) => row.find((part) => part.name === 'num')?.value)
    .filter((n): n is number => typeof n === 'number')
  return counts.length === 0 ? [] : [counts.map((n) => formatCount(n)).join(' × ')]
}

/** `101 points`, `100 × 0.1 s`. */
function countWords(named: ReadonlyMap<string, ItemPart>): readonly string[] {
  const number = (name: string): number | undefined => {
    const value = named.get(name)?.value
    return typeof value === 'number' ? value : undefined
  }
  const num = number('num') ?? number('points')
  const delay = number('delay')
  const hasDelay = delay !== undefined && delay > 0
  const words: string[] = []
  if (num !== undefined && hasDelay) words.push(`${formatCount(num)} × ${plain(delay)}${noBreakSpace}s`)
  else if (num !== undefined) words.push(t.queue.points(formatCount(num)))
  else if (hasDelay) words.push(`delay ${plain(delay)}${noBreakSpace}s`)
  const repeats = number('repeats')
  return repeats !== undefined && repeats > 1 ? [...words, `× ${repeats}`] : words
}

/** `energy_from`, `energy_to` (also start, stop) read as one range. */
function rangeOf(
  parts: readonly ItemPart[],
): { readonly names: readonly string[]; readonly text: string } | null {
  for (const first of parts) {
    const match = /^(.*?)_?(from|start)$/.exec(first.name)
    if (match === null || typeof first.value !== 'number') continue
    const stem = match[1] ?? ''
    const wanted = stem === '' ? ['to', 'stop'] : [`${stem}_to`, `${stem}_stop`]
    const last = parts.find((part) => wanted.includes(part.name))
    if (typeof last?.value !== 'number') continue
    const words = `${plain(first.value)} → ${plain(last.value)}${unitText(first.field?.unit)}`
    return {
      names: [first.name, last.name],
      text: stem === '' ? words : `${stem.replaceAll('_', ' ')} ${words}`,
    }
  }
  return null
}

/** As typed: at most 6 significant digits, no zeros at the end. */
export function plain(value: number): string {
  const short = Number(value.toPrecision(6))
  const isOdd = Math.abs(short) >= 1e5 || (short !== 0 && Math.abs(short) < 1e-4)
  return isOdd ? formatNumber(short) : String(short).replace('-', '−')
}

function valueWords(value: unknown): string {
  if (Array.isArray(value)) return listWords(value)
  if (typeof value === 'number') return plain(value)
  if (typeof value === 'boolean') return value ? t.queue.form.on : t.queue.form.off
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function listWords(list: readonly unknown[]): string {
  const shown = list
    .slice(0, list.length > 6 ? 4 : 6)
    .map(valueWords)
    .join(', ')
  return list.length > 6 ? `${shown} … (${list.length})` : shown
}
