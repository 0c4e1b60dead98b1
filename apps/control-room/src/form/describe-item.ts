import type { FormModel, QueueItem } from '@beamtime/http-gateway/ui-types'
import { isPlainObject } from '../net/merge-patch.ts'
import { formatCount, formatNumber, noBreakSpace } from '../text/format-number.ts'
import { t } from '../text/text.ts'

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
  const parameters = parametersOf(item, model, device)
  return { title: titleOf(item, model), plan: item.name, parameters }
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
  return model?.title ?? item.name.replaceAll('_', ' ')
}

function parametersOf(item: Named, model: FormModel | undefined, device: DeviceLookup): string {
  const args = [...(item.args ?? [])]
  const kwargs = item.kwargs ?? {}
  const fixed = model?.fields.filter((field) => field.pass === 'args').length ?? 0
  const head = args.splice(0, fixed)
  const parts: string[] = []
  const rows = model?.varargs === undefined || model.varargs.literal ? null : motorRows(args, model)
  if (rows !== null && rows.length > 0) {
    parts.push(...rows.map((row) => rowWords(row, device)))
    parts.push(...countWords(rows, kwargs, model, args))
    return parts.join(' · ')
  }
  const values = [...head, ...args]
  parts.push(...values.map(valueWords).filter((text) => text !== ''))
  parts.push(...kwargsWords(kwargs, model))
  return parts.join(' · ')
}

type Row = Readonly<Record<string, unknown>>

function motorRows(args: readonly unknown[], model: FormModel): readonly Row[] | null {
  const { varargs } = model
  if (varargs === undefined) return null
  const rows: Row[] = []
  let at = 0
  while (at < args.length) {
    const names = varargs.pattern
      .map((field) => field.name)
      .filter((name) => rows.length > 0 || !varargs.notInFirst.includes(name))
    if (typeof args[at] !== 'string' || at + names.length > args.length) break
    rows.push(Object.fromEntries(names.map((name, i) => [name, args[at + i]])))
    at += names.length
  }
  return rows
}

function rowWords(row: Row, device: DeviceLookup): string {
  const entries = Object.entries(row)
  const motor = String(entries[0]?.[1] ?? '')
  const info = device(motor)
  const unit = info?.unit === undefined || info.unit === '' ? '' : `${noBreakSpace}${info.unit}`
  const { start, stop } = row
  if (typeof start === 'number' && typeof stop === 'number') {
    const digits = start === 0 ? undefined : info?.precision
    if (start === -stop && stop > 0) return `${motor} ±${plain(stop)}${unit}`
    return `${motor} ${plain(start, digits)} → ${plain(stop, digits)}${unit}`
  }
  const value = entries[1]?.[1]
  if (Array.isArray(value)) {
    const numbers = value.filter((v): v is number => typeof v === 'number')
    const [first, last] = [numbers[0], numbers.at(-1)]
    return first === undefined || last === undefined
      ? motor
      : `${motor} ${plain(first)} → ${plain(last)}${unit}, ${numbers.length} positions`
  }
  return typeof value === 'number'
    ? `${motor} ${plain(value)}${unit}`
    : `${motor} ${valueWords(value)}`.trim()
}

/** As typed: at most 6 significant digits, no zeros at the end. */
function plain(value: number, _digits?: number): string {
  const short = Number(value.toPrecision(6))
  return Math.abs(short) >= 1e5 || (short !== 0 && Math.abs(short) < 1e-4)
    ? formatNumber(short)
    : String(short).replace('-', '−')
}

function countWords(
  rows: readonly Row[],
  kwargs: Row,
  model: FormModel | undefined,
  args: readonly unknown[],
): readonly string[] {
  const counts = rows.map((row) => row['num']).filter((n): n is number => typeof n === 'number')
  if (counts.length > 1) return [counts.map((n) => formatCount(n)).join(' × ')]
  const last = args.at(-1)
  const tailNumber =
    model?.varargs?.tail[0]?.kind === 'integer' &&
    typeof last === 'number' &&
    args.length % (model.varargs.pattern.length || 1) === 1
      ? last
      : undefined
  const num = counts[0] ?? kwargs['num'] ?? tailNumber
  const repeats = kwargs['repeats']
  const out = typeof num === 'number' ? [t.queue.points(formatCount(num))] : []
  return typeof repeats === 'number' && repeats > 1 ? [...out, `× ${repeats}`] : out
}

function kwargsWords(kwargs: Row, model: FormModel | undefined): readonly string[] {
  const { num, delay, ...rest } = kwargs
  const out: string[] = []
  if (typeof num === 'number' && typeof delay === 'number' && delay > 0)
    out.push(`${formatCount(num)} × ${plain(delay)}${noBreakSpace}s`)
  else if (typeof num === 'number') out.push(t.queue.points(formatCount(num)))
  else if (typeof delay === 'number') out.push(`delay ${plain(delay)}${noBreakSpace}s`)
  const pair = rangeOf(rest, model)
  if (pair !== null) out.unshift(pair.text)
  for (const [name, value] of Object.entries(rest)) {
    if (name === 'md' || value === null || value === undefined || pair?.names.includes(name) === true)
      continue
    if ((name === 'points' || name.startsWith('num_')) && typeof value === 'number') {
      out.push(t.queue.points(formatCount(value)))
      continue
    }
    const field = model?.fields.find((candidate) => candidate.name === name)
    const unit = field?.unit === undefined ? '' : `${noBreakSpace}${field.unit}`
    out.push(`${(field?.label ?? name).toLowerCase()} ${valueWords(value)}${unit}`)
  }
  return out
}

/** `energy_from`, `energy_to` (also start, stop) read as one range. */
function rangeOf(
  kwargs: Row,
  model: FormModel | undefined,
): { readonly names: readonly string[]; readonly text: string } | null {
  for (const name of Object.keys(kwargs)) {
    const match = /^(.*?)_?(from|start)$/.exec(name)
    if (match === null) continue
    const stem = match[1] ?? ''
    const other = [stem === '' ? 'to' : `${stem}_to`, stem === '' ? 'stop' : `${stem}_stop`].find(
      (candidate) => candidate in kwargs,
    )
    const [a, b] = [kwargs[name], other === undefined ? undefined : kwargs[other]]
    if (other === undefined || typeof a !== 'number' || typeof b !== 'number') continue
    const unit = model?.fields.find((field) => field.name === name)?.unit
    const words = `${plain(a)} → ${plain(b)}${unit === undefined ? '' : `${noBreakSpace}${unit}`}`
    return { names: [name, other], text: stem === '' ? words : `${stem.replaceAll('_', ' ')} ${words}` }
  }
  return null
}

function valueWords(value: unknown): string {
  if (Array.isArray(value))
    return value.length > 6
      ? `${value.slice(0, 4).map(valueWords).join(', ')} … (${value.length})`
      : value.map(valueWords).join(', ')
  if (typeof value === 'number') return plain(value)
  if (typeof value === 'boolean') return value ? t.queue.form.on : t.queue.form.off
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
