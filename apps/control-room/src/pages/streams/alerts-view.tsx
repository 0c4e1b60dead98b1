import type { AlertCard, AlertDetail } from '@beamtime/http-gateway/ui-types'
import { IconStar, IconStarFilled } from '@tabler/icons-react'
import { useMemo, useState, type ReactElement } from 'react'
import { useWidthClass } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { formatCount } from '../../text/format-number.ts'
import { formatClock, formatIso } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { Stamp } from './alert-stamp.tsx'
import { positionText } from './alert-summary.tsx'
import { MessageTools, messageKey, type MessagesViewProps } from './messages-view.tsx'
import { MiniCurve } from './mini-curve.tsx'
import { useAlerts } from './use-alerts.ts'
import { useStarred, type Starred } from './use-starred.ts'

const cardHeight = 104
const narrowCardHeight = 80
const phoneCardHeight = 132
/** Cards before the end at which the next page is asked for. */
const ahead = 8

/** Alerts as cards: what was there, what is there, the difference, and what is known of it. */
export function AlertsView(props: MessagesViewProps): ReactElement {
  const { topic, view, chosen, onOpen } = props
  const alerts = useAlerts(topic, view)
  const starred = useStarred(topic)
  const [isStarredOnly, setStarredOnly] = useState(false)
  const isPhone = useWidthClass() === 'phone'
  const isNarrow = chosen !== undefined && window.innerWidth < 1_800
  const columns = useMemo(
    () => (isPhone ? phoneColumns(starred) : wideColumns(starred, isNarrow)),
    [starred, isPhone, isNarrow],
  )
  const cards = isStarredOnly ? alerts.cards.filter(({ row }) => starred.has(messageKey(row))) : alerts.cards
  const { isLoading, isDone, more } = alerts
  return (
    <>
      <MessageTools
        {...props}
        extra={
          <Button
            isOn={isStarredOnly}
            label={t.streams.starredOnly}
            icon={<IconStar size={16} stroke={1.75} aria-hidden />}
            onPress={() => setStarredOnly(!isStarredOnly)}
          />
        }
      />
      <div className="panel-body flush">
        <Stateful
          isLoading={isLoading && alerts.cards.length === 0}
          error={alerts.cards.length === 0 ? alerts.error : null}
          onRetry={alerts.reload}
          empty={cards.length > 0 || isLoading ? null : <strong>{t.streams.noAlerts}</strong>}
        >
          <DataGrid
            label={t.streams.views.alerts}
            className="alert-cards"
            columns={columns}
            rowCount={cards.length}
            rowAt={(index) => cards[index]}
            keyOf={({ row }) => messageKey(row)}
            rowHeight={isPhone ? phoneCardHeight : isNarrow ? narrowCardHeight : cardHeight}
            hasHead={false}
            overscan={3}
            isSelected={({ row }) => messageKey(row) === chosen}
            onOpen={({ row }) => onOpen(row)}
            onRange={(_, last) => {
              if (!isLoading && !isDone && alerts.error === null && last + ahead >= cards.length) more()
            }}
          />
        </Stateful>
      </div>
      <footer className="panel-foot">
        <span className="sub num">
          {t.streams.alertsShown(formatCount(cards.length), formatCount(alerts.total))}
        </span>
        <span className="grow" />
        {isDone ? null : (
          <Button
            label={view.dir === 'forward' ? t.streams.newer : t.streams.older}
            isBusy={isLoading}
            onPress={more}
          />
        )}
      </footer>
    </>
  )
}

function starColumn(starred: Starred): GridColumn<AlertCard> {
  return {
    key: 'star',
    header: '',
    width: '36px',
    cell: ({ row }) => {
      const isOn = starred.has(messageKey(row))
      return (
        <Button
          kind="quiet"
          isIconOnly
          isOn={isOn}
          label={isOn ? t.streams.unstar : t.streams.star}
          icon={
            isOn ? <IconStarFilled size={16} aria-hidden /> : <IconStar size={16} stroke={1.75} aria-hidden />
          }
          onPress={() => starred.toggle(messageKey(row))}
        />
      )
    },
  }
}

function stampsColumn(isNarrow: boolean): GridColumn<AlertCard> {
  return {
    key: 'stamps',
    header: '',
    width: isNarrow ? '212px' : '284px',
    cell: (card) => <Stamps card={card} isSmall={isNarrow} />,
  }
}

/** On a wide screen there is room for how it changed. */
const curveColumn: GridColumn<AlertCard> = {
  key: 'curve',
  header: '',
  width: '200px',
  cell: ({ alert }) => (alert === null ? null : <MiniCurve points={alert.lightCurve} />),
}

function wideColumns(starred: Starred, isNarrow: boolean): readonly GridColumn<AlertCard>[] {
  return [
    stampsColumn(isNarrow),
    { key: 'name', header: '', width: 'minmax(88px, 1fr)', cell: (card) => <AlertName card={card} /> },
    {
      key: 'mag',
      header: '',
      width: '116px',
      align: 'right',
      cell: ({ alert }) => <Brightness alert={alert} />,
    },
    ...(isNarrow
      ? []
      : [
          {
            key: 'place',
            header: '',
            width: 'minmax(224px, 2fr)',
            cell: ({ alert, row }: AlertCard) => (
              <div className="alert-lines num">
                <span>{alert === null ? '–' : positionText(alert)}</span>
                <span className="sub">{t.streams.place(row.partition, formatCount(row.offset))}</span>
              </div>
            ),
          },
          ...(window.innerWidth < 1_700 ? [] : [curveColumn]),
        ]),
    starColumn(starred),
  ]
}

function phoneColumns(starred: Starred): readonly GridColumn<AlertCard>[] {
  return [
    {
      key: 'card',
      header: '',
      width: '1fr',
      cell: (card) => (
        <div className="alert-phone">
          <Stamps card={card} isSmall={false} />
          <div className="alert-phone-line">
            <AlertName card={card} />
            <Brightness alert={card.alert} />
          </div>
        </div>
      ),
    },
    starColumn(starred),
  ]
}

interface StampsProps {
  readonly card: AlertCard
  readonly isSmall: boolean
}

function Stamps({ card: { alert, row }, isSmall }: StampsProps): ReactElement {
  if (alert === null) return <span className="muted ellipsis">{row.summary}</span>
  if (alert.stamps.length === 0) return <span className="muted">{t.streams.noStamps}</span>
  return (
    <div className={`alert-strip${isSmall ? ' small' : ''}`}>
      {alert.stamps.map((stamp) => (
        <Stamp key={stamp.name} stamp={stamp} hasName={false} />
      ))}
    </div>
  )
}

function AlertName({ card: { alert, row } }: { readonly card: AlertCard }): ReactElement {
  const takenMs = alert?.takenMs ?? row.t
  return (
    <div className="alert-lines">
      <span className="strong ellipsis">{alert?.objectId ?? alert?.id ?? messageKey(row)}</span>
      <span className="num muted" title={formatIso(takenMs)}>
        {formatClock(takenMs)}
      </span>
      <span className="sub num">
        {alert === null ? '' : t.streams.earlierCount(formatCount(alert.historyLength))}
      </span>
    </div>
  )
}

function Brightness({ alert }: { readonly alert: AlertDetail | null }): ReactElement {
  if (alert === null || alert.mag === null) return <span className="muted">–</span>
  const { mag, magErr, band, score } = alert
  return (
    <div className="alert-lines num">
      <span>
        {band === null ? '' : `${band} `}
        <span className="strong">{mag.toFixed(2)}</span>
        {magErr === null ? '' : <span className="muted"> ± {magErr.toFixed(2)}</span>}
      </span>
      <span className="sub">{score === null ? '' : `${t.streams.score} ${score.toFixed(2)}`}</span>
    </div>
  )
}
