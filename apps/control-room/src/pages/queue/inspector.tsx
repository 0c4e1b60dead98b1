import type { HistoryItem, HistoryPage, ItemResult, QueueItem } from '@beamtime/http-gateway/ui-types'
import { useQuery } from '@tanstack/react-query'
import { IconCopyPlus, IconPencil } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
import { useStore } from 'zustand'
import { userName } from '../../app/current-plan.ts'
import { useControlRoom } from '../../app/use-control-room.ts'
import { useModels, type Models } from '../../app/use-models.ts'
import { describeItem, metaOf, plain } from '../../form/describe-item.ts'
import { itemParts, type ItemPart } from '../../form/item-parts.ts'
import { literalText } from '../../form/literal.ts'
import { Button } from '../../parts/button.tsx'
import { SideHead } from '../../parts/side-head.tsx'
import { Facts, type Fact } from '../../parts/facts.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { Skeleton } from '../../parts/stateful.tsx'
import { formatDuration, formatMinute } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { exitState } from './now-strip.tsx'
import type { QueueEdits } from './queue-edits.tsx'
import type { QueuePlace } from './queue-place.ts'

export interface InspectorProps {
  readonly uid: string
  readonly place: QueuePlace
  readonly edits: QueueEdits
  readonly onClose: () => void
}

/** Everything about one item of the queue or the history. */
export function Inspector({ uid, place, edits, onClose }: InspectorProps): ReactElement {
  const room = useControlRoom()
  const { modelOf, device } = useModels()
  const queued = useStore(
    room.queue.store,
    (view) =>
      view.items.find((item) => item.item_uid === uid) ??
      (view.running?.item_uid === uid ? view.running : undefined),
  )
  const past = useQuery({
    queryKey: ['history', 'item', uid],
    queryFn: async ({ signal }) =>
      (await room.http.get<HistoryPage>(`/queue/history?limit=200`, signal)).items.find(
        (item) => item.item_uid === uid,
      ) ?? null,
    enabled: queued === undefined,
  })
  const item: QueueItem | HistoryItem | null | undefined = queued ?? past.data
  if (item === undefined)
    return (
      <section className="panel side-panel">
        <Skeleton rows={8} />
      </section>
    )
  if (item === null)
    return (
      <section className="panel side-panel" aria-label={t.queue.details}>
        <SideHead title={t.queue.details} onClose={onClose} />
        <div className="empty">
          <strong>{t.queue.inspector.gone}</strong>
          <span>{t.queue.inspector.goneHelp}</span>
          <Button label={t.queue.inspector.toHistory} onPress={() => place.openTab('history')} />
        </div>
      </section>
    )
  const title = describeItem(item, modelOf(item.name), device).title
  return (
    <section className="panel side-panel" aria-label={title}>
      <SideHead title={title} onClose={onClose}>
        {queued !== undefined && item.item_type === 'plan' ? (
          <Button
            kind="quiet"
            label={t.queue.edit}
            icon={<IconPencil size={16} stroke={1.75} aria-hidden />}
            onPress={() => place.openForm({ edit: uid })}
          />
        ) : (
          <Button
            kind="quiet"
            label={t.queue.inspector.copyToQueue}
            icon={<IconCopyPlus size={16} stroke={1.75} aria-hidden />}
            onPress={() => void edits.add(item, { pos: 'back' })}
          />
        )}
      </SideHead>
      <div className="panel-body side-scroll">
        <ItemFacts item={item} />
        <Results item={item} />
      </div>
    </section>
  )
}

function ItemFacts({ item }: { item: QueueItem }): ReactElement {
  const models = useModels()
  const { queue } = useControlRoom()
  const estimate = useStore(queue.store, (view) => view.estimates[item.item_uid])
  const meta = Object.entries(metaOf(item)).map(([name, value]) => ({
    name: labelOf(name),
    value: textOf(value),
  }))
  return (
    <>
      <Facts list={[{ name: t.queue.columns.plan, value: item.name }, ...parameterFacts(item, models)]} />
      <hr className="rule" />
      <Facts
        list={[
          ...meta,
          ...(userName(item.user) === '' ? [] : [{ name: t.queue.columns.user, value: userName(item.user) }]),
          ...(estimate?.seconds === undefined
            ? []
            : [{ name: t.queue.columns.time, value: `~${formatDuration(estimate.seconds)}` }]),
        ]}
      />
    </>
  )
}

function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function textOf(value: unknown): ReactNode {
  if (typeof value === 'number') return plain(value)
  if (typeof value === 'boolean') return value ? t.queue.form.on : t.queue.form.off
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((entry) => typeof entry !== 'object')) return value.join(', ')
  return literalText(value)
}

/** Arguments by the names of the form; rows of a table are numbered when there are several. */
function parameterFacts(item: QueueItem, models: Models): readonly Fact[] {
  const { fields, rows, rest } = itemParts(item, models.modelOf(item.name))
  const list = rows.flatMap((row, index) => {
    const motor = row[0]?.value
    const unit = typeof motor === 'string' ? models.device(motor)?.unit : undefined
    return row.map((part) => {
      const label = part.field?.label ?? labelOf(part.name)
      return {
        name: rows.length > 1 ? `${label} ${index + 1}` : label,
        value: <ValueText value={part.value} unit={part.field?.kind === 'number' ? unit : undefined} />,
      }
    })
  })
  const [before, after] = [
    fields.filter((part) => part.field?.pass === 'args'),
    fields.filter((part) => part.field?.pass !== 'args'),
  ]
  const fact = (part: ItemPart): Fact => ({
    name: part.field?.label ?? labelOf(part.name),
    value: <ValueText value={part.value} unit={part.field?.unit} />,
  })
  const free = rest.map((value, i) => ({ name: `${t.queue.form.value} ${i + 1}`, value: textOf(value) }))
  return [...before.map(fact), ...list, ...after.map(fact), ...free]
}

function ValueText({ value, unit }: { value: unknown; unit: string | undefined }): ReactElement {
  const isNumber = typeof value === 'number'
  return (
    <>
      {isNumber ? plain(value) : textOf(value)}
      {isNumber && unit ? <span className="unit">{`\u00a0${unit}`}</span> : null}
    </>
  )
}

function Results({ item }: { item: QueueItem }): ReactElement | null {
  const { serverNow } = useControlRoom()
  const { result } = item
  if (result === undefined) return null
  return (
    <>
      <hr className="rule" />
      <h3 className="figure-label strong" style={{ marginBottom: 8 }}>
        {t.queue.inspector.results}
      </h3>
      <div className="result-row num">
        <StateChip
          state={exitState(result.exit_status)}
          word={t.queue.exit[result.exit_status] ?? result.exit_status}
        />
        <RunOf result={result} />
        <span className="muted">{formatMinute(result.time_stop * 1000, serverNow())}</span>
        <span>{formatDuration(result.time_stop - result.time_start)}</span>
      </div>
      {result.msg === '' ? null : <pre className="result-message mono">{result.msg}</pre>}
    </>
  )
}

function RunOf({ result }: { result: ItemResult }): ReactElement {
  const uid = result.run_uids.at(-1)
  if (uid === undefined) return <span className="muted">–</span>
  return (
    <Link className="link" to="/runs/$uid/$tab" params={{ uid, tab: 'summary' }}>
      {result.scan_ids.at(-1) ?? t.queue.inspector.openRun}
    </Link>
  )
}
