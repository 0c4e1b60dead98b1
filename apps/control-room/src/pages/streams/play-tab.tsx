import type { PlaySummary, ReplaySnap } from '@beamtime/http-gateway/ui-types'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import { useChannel, useControlRoom } from '../../app/use-control-room.ts'
import { Facts } from '../../parts/facts.tsx'
import { Figure } from '../../parts/figure.tsx'
import { Panel } from '../../parts/panel.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import type { StateName } from '../../theme/tokens.ts'
import { formatBytes, formatCount, formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { PlayControls } from './play-controls.tsx'

const states: Readonly<Record<string, StateName>> = {
  starting: 'busy',
  playing: 'busy',
  draining: 'busy',
  paused: 'attention',
  done: 'good',
  stopped: 'off',
  failed: 'bad',
}

/** Plays that are on their way and those that were. */
export function PlayTab(): ReactElement {
  const { http } = useControlRoom()
  const [live, setLive] = useState<readonly PlaySummary[] | null>(null)
  const listed = useQuery({
    queryKey: ['plays'],
    queryFn: ({ signal }) => http.get<readonly PlaySummary[]>('/plays', signal),
  })
  useChannel(
    'plays',
    {},
    {
      snapshot: (data) => {
        const { plays, isAway } = data as ReplaySnap
        if (!isAway && plays !== undefined) setLive(plays)
      },
    },
  )
  const plays = live ?? listed.data ?? []
  return (
    <div className="plays">
      <Stateful
        isLoading={listed.isPending && live === null}
        error={live === null ? listed.error : null}
        onRetry={() => void listed.refetch()}
        empty={
          plays.length > 0 ? null : (
            <>
              <strong>{t.streams.noPlays}</strong>
              <span>{t.streams.noPlaysHelp}</span>
            </>
          )
        }
      >
        {plays.toReversed().map((play) => (
          <PlayPanel key={play.id} play={play} />
        ))}
      </Stateful>
    </div>
  )
}

function PlayPanel({ play }: { readonly play: PlaySummary }): ReactElement {
  const { progress } = play
  const rate = formatBytes(progress.rate.bytes)
  return (
    <Panel
      title={play.source}
      sub={play.topics.join(', ')}
      actions={
        <StateChip
          state={states[progress.state] ?? 'off'}
          word={t.streams.playState[progress.state] ?? progress.state}
        />
      }
      className="play-panel"
    >
      <PlayControls play={play} />
      <div className="play-figures">
        <Figure label={t.streams.sent}>{formatCount(progress.sent)}</Figure>
        <Figure label={t.streams.acked}>{formatCount(progress.acked)}</Figure>
        <Figure label={t.streams.columns.rate} unit={`${rate.value} ${rate.unit}/s`}>
          {formatNumber(progress.rate.msg, { precision: 0 })}
        </Figure>
        <Figure label={t.streams.late} unit="ms">
          {formatNumber(progress.lag.meanMs, { precision: 1 })} /{' '}
          {formatNumber(progress.lag.maxMs, { precision: 1 })}
        </Figure>
        <Figure label={t.streams.passes}>{formatCount(progress.pass + 1)}</Figure>
      </div>
      {play.error === null ? null : (
        <div className="banner bad" role="alert">
          <strong>{play.error.message}</strong>
          <span>{play.error.remedy}</span>
        </div>
      )}
      {progress.groups.length === 0 ? null : (
        <Facts
          list={progress.groups.map(({ group, topic, lag }) => ({
            name: `${group}, ${topic}`,
            value: <span className="num">{formatCount(lag)}</span>,
          }))}
        />
      )}
    </Panel>
  )
}
