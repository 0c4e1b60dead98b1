import type { RecordingSummary, RecordProgress, ReplaySnap } from '@beamtime/http-gateway/ui-types'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { IconPlayerPlay, IconPlayerStop, IconTrash } from '@tabler/icons-react'
import { useMemo, useState, type ReactElement } from 'react'
import { useChannel, useControlRoom, useScope } from '../../app/use-control-room.ts'
import { errorText } from '../../net/http-client.ts'
import { Button } from '../../parts/button.tsx'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { formatCount } from '../../text/format-number.ts'
import { formatDuration, formatIso, formatShortMoment } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { Size } from './messages-view.tsx'
import { PlayDialog } from './play-dialog.tsx'

/** Recordings on disk and on their way. */
export function RecordingsTab(): ReactElement {
  const { http } = useControlRoom()
  const queries = useQueryClient()
  const found = useQuery({
    queryKey: ['recordings'],
    queryFn: ({ signal }) => http.get<readonly RecordingSummary[]>('/recordings', signal),
    refetchInterval: 5_000,
  })
  const [running, setRunning] = useState<readonly RecordProgress[]>([])
  useChannel(
    'recordings',
    {},
    {
      snapshot: (data) => {
        const { recordings = [] } = data as ReplaySnap
        const count = (list: readonly RecordProgress[]): number =>
          list.filter(({ state }) => state === 'recording').length
        if (count(recordings) !== count(running)) void queries.invalidateQueries({ queryKey: ['recordings'] })
        setRunning(recordings)
      },
    },
  )
  const [played, setPlayed] = useState<string | null>(null)
  const columns = useColumns(running, setPlayed)
  const list = found.data ?? []
  return (
    <section className="panel recordings-panel" aria-label={t.streams.recordings}>
      <div className="panel-body flush">
        <Stateful
          isLoading={found.isPending}
          error={found.error}
          onRetry={() => void found.refetch()}
          empty={
            list.length > 0 ? null : (
              <>
                <strong>{t.streams.noRecordings}</strong>
                <span>{t.streams.noRecordingsHelp}</span>
              </>
            )
          }
        >
          <DataGrid
            label={t.streams.recordings}
            columns={columns}
            rowCount={list.length}
            rowAt={(index) => list[index]}
            keyOf={(recording) => recording.id}
            rowHeight={36}
          />
        </Stateful>
      </div>
      {played === null ? null : <PlayDialog source={played} onClose={() => setPlayed(null)} />}
    </section>
  )
}

function useColumns(
  running: readonly RecordProgress[],
  onPlay: (name: string) => void,
): readonly GridColumn<RecordingSummary>[] {
  const { serverNow } = useControlRoom()
  return useMemo(() => {
    const progressOf = (recording: RecordingSummary): RecordProgress | null =>
      running.find(({ id }) => id === recording.id) ?? recording.progress
    const names = t.streams.recordingColumns
    return [
      {
        key: 'name',
        header: names.name,
        width: 'minmax(140px, 2fr)',
        cell: (recording) => <span className="strong ellipsis">{recording.name}</span>,
      },
      {
        key: 'topics',
        header: names.topics,
        width: 'minmax(100px, 2fr)',
        cell: ({ topics }) => (
          <span className="muted ellipsis">{topics.map(({ name }) => name).join(', ')}</span>
        ),
      },
      {
        key: 'messages',
        header: names.messages,
        width: '96px',
        align: 'right',
        cell: (recording) => formatCount(progressOf(recording)?.count ?? recording.count),
      },
      {
        key: 'size',
        header: names.size,
        width: '88px',
        align: 'right',
        cell: (recording) => <Size bytes={progressOf(recording)?.bytes ?? recording.bytes} />,
      },
      {
        key: 'from',
        header: names.from,
        width: '112px',
        cell: ({ firstTs }) =>
          firstTs === null ? (
            '–'
          ) : (
            <span className="num" title={formatIso(firstTs)}>
              {formatShortMoment(firstTs, serverNow())}
            </span>
          ),
      },
      {
        key: 'length',
        header: names.length,
        width: '72px',
        align: 'right',
        cell: ({ firstTs, lastTs }) =>
          firstTs === null || lastTs === null ? '–' : formatDuration((lastTs - firstTs) / 1_000),
      },
      {
        key: 'state',
        header: names.state,
        width: '112px',
        cell: (recording) => <RecordingState recording={recording} progress={progressOf(recording)} />,
      },
      {
        key: 'act',
        header: '',
        width: '132px',
        align: 'right',
        cell: (recording) => (
          <RecordingActions recording={recording} progress={progressOf(recording)} onPlay={onPlay} />
        ),
      },
    ]
  }, [running, serverNow, onPlay])
}

interface RecordingProps {
  readonly recording: RecordingSummary
  readonly progress: RecordProgress | null
}

function RecordingState({ recording, progress }: RecordingProps): ReactElement {
  const words = t.streams.recordingState
  if (recording.error !== null)
    return (
      <StateChip
        state="bad"
        word={words.failed}
        title={`${recording.error.message} ${recording.error.remedy}`}
      />
    )
  if (progress?.state === 'recording' || progress?.state === 'starting')
    return <StateChip state="busy" word={words.recording} />
  return recording.closed ? (
    <StateChip state="good" word={words.done} />
  ) : (
    <StateChip state="attention" word={words.open} />
  )
}

function RecordingActions({
  recording,
  progress,
  onPlay,
}: RecordingProps & { readonly onPlay: (name: string) => void }): ReactElement {
  const { http, notices } = useControlRoom()
  const queries = useQueryClient()
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  const isRunning = progress?.state === 'recording' || progress?.state === 'starting'
  const icon = { size: 16, stroke: 1.75, 'aria-hidden': true } as const
  const act = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (failure) {
      notices.add({ state: 'bad', text: errorText(failure) })
    }
    await queries.invalidateQueries({ queryKey: ['recordings'] })
  }
  if (isRunning)
    return (
      <>
        {progress.isRing ? (
          <Button
            isCompact
            label={t.streams.saveRing}
            disabledReason={reason}
            onPress={() =>
              void act(() =>
                http.post(`/recordings/${recording.id}/save-ring`, {
                  name: `${recording.name}-${Date.now()}`,
                }),
              )
            }
          />
        ) : null}
        <Button
          isCompact
          label={t.streams.stopRecording}
          icon={<IconPlayerStop {...icon} />}
          disabledReason={reason}
          onPress={() => void act(() => http.post(`/recordings/${recording.id}/stop`))}
        />
      </>
    )
  return (
    <>
      <Button
        isCompact
        label={t.streams.play}
        icon={<IconPlayerPlay {...icon} />}
        disabledReason={reason}
        onPress={() => onPlay(recording.name)}
      />
      <Button
        isCompact
        kind="quiet"
        isIconOnly
        label={t.streams.deleteRecording}
        icon={<IconTrash {...icon} />}
        disabledReason={reason}
        onPress={() => void act(() => http.remove(`/recordings/${recording.id}`))}
      />
    </>
  )
}
