import type { DetectorState, FilesAnswer } from '@beamtime/http-gateway/ui-types'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactElement } from 'react'
import { useControlRoom, useScope } from '../../app/use-control-room.ts'
import { errorText } from '../../net/http-client.ts'
import { Button } from '../../parts/button.tsx'
import { Figure } from '../../parts/figure.tsx'
import { HoldButton } from '../../parts/hold-button.tsx'
import { Panel } from '../../parts/panel.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { formatBytes, formatCount } from '../../text/format-number.ts'
import { formatAge } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import type { StateName } from '../../theme/tokens.ts'
import type { RecordedRun } from './recorded-runs.ts'
import { useRecordedRuns } from './use-recorded-runs.ts'

const writing = /writ|record|wait|creat|sav/i

/** Files by hand, and the ones that were written last. */
export function WriterPanel({
  id,
  state,
}: {
  readonly id: string
  readonly state: DetectorState
}): ReactElement {
  const { http } = useControlRoom()
  const files = useQuery({
    queryKey: ['files', 1],
    queryFn: ({ signal }) => http.get<FilesAnswer>('/files?limit=1', signal),
  })
  const runs = useRecordedRuns(id)
  const { writer } = state
  const isWriting = writing.test(writer.state)
  return (
    <Panel
      title={t.detectors.writer}
      className="writer-panel"
      actions={<StateChip state={isWriting ? 'busy' : 'off'} word={writer.state.toLowerCase()} />}
    >
      {isWriting ? <WriterProgress state={state} /> : null}
      <WriterForm id={id} isWriting={isWriting} root={files.data?.roots[0]} file={writer.file} />
      {writer.message === '' || isWriting ? null : <p className="small muted">{writer.message}</p>}
      <h3 className="files-head">{t.detectors.lastFiles}</h3>
      {runs.length === 0 ? (
        <p className="small muted">{t.detectors.noFiles}</p>
      ) : (
        <ul className="last-files">
          {runs.slice(0, 6).map((run) => (
            <li key={run.id}>
              <Link to="/files" search={{ file: run.file }} className="ellipsis">
                {run.name}
              </Link>
              <span className="grow" />
              <span className="num muted nowrap">
                {formatCount(run.images)}
                {run.wanted === null ? '' : ` / ${formatCount(run.wanted)}`}
              </span>
              <StateChip {...verdict(run)} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** Whether a file has what was asked for. */
function verdict({ images, wanted, isFailed }: RecordedRun): {
  readonly state: StateName
  readonly word: string
} {
  if (isFailed) return { state: 'bad', word: t.detectors.fileState.failed }
  if (wanted === null || images >= wanted) return { state: 'good', word: t.detectors.fileState.complete }
  return { state: 'attention', word: t.detectors.fileState.missing(formatCount(wanted - images)) }
}

/** Until the disk is full at the rate of the moment. */
function secondsToFull({ diskFreeBytes, bytesPerSecond }: DetectorState): string {
  return diskFreeBytes === null || bytesPerSecond <= 0 ? '–' : formatAge(diskFreeBytes / bytesPerSecond)
}

function WriterProgress({ state }: { readonly state: DetectorState }): ReactElement {
  const { written, wanted } = state.writer
  const speed = formatBytes(state.bytesPerSecond)
  const percent = wanted === null || wanted === 0 ? 0 : Math.min(100, (100 * written) / wanted)
  return (
    <>
      <div className="writer-figures">
        <Figure label={t.detectors.images} unit={wanted === null ? null : `/ ${formatCount(wanted)}`}>
          {formatCount(written)}
        </Figure>
        <Figure label={t.detectors.speed} unit={`${speed.unit}/s`}>
          {speed.value}
        </Figure>
        <Figure label={t.detectors.incomplete}>{formatCount(state.framesIncomplete)}</Figure>
        <span className="grow" />
        <Figure label={t.detectors.diskFull}>{secondsToFull(state)}</Figure>
      </div>
      {wanted === null ? null : (
        <div className="progress" role="progressbar" aria-label={t.detectors.images} aria-valuenow={percent}>
          <i style={{ width: `${percent}%` }} />
        </div>
      )}
    </>
  )
}

function WriterForm({
  id,
  isWriting,
  root,
  file,
}: {
  readonly id: string
  readonly isWriting: boolean
  readonly root: string | undefined
  readonly file: string | null
}): ReactElement {
  const { http, notices } = useControlRoom()
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  const [path, setPath] = useState('')
  const [images, setImages] = useState('100')
  const [error, setError] = useState<string | null>(null)
  const suggested = root === undefined ? t.detectors.filePlaceholder : `${root}/${id}/by-hand-0001.h5`
  const send = async (action: 'start' | 'stop', body: unknown): Promise<void> => {
    setError(null)
    try {
      await http.post(`/detectors/${encodeURIComponent(id)}/writer/${action}`, body)
    } catch (failure) {
      setError(errorText(failure))
      notices.add({ state: 'bad', text: errorText(failure) })
    }
  }
  const target = path === '' ? suggested : path
  return (
    <>
      <TextField
        label={t.detectors.file}
        value={isWriting ? (file ?? '') : path}
        placeholder={suggested}
        readOnly={isWriting}
        error={error ?? undefined}
        className="mono"
        onChange={(event) => setPath(event.currentTarget.value)}
      />
      <div className="writer-actions">
        <TextField
          label={t.detectors.images}
          isNumber
          inputMode="numeric"
          value={images}
          readOnly={isWriting}
          onChange={(event) => setImages(event.currentTarget.value)}
        />
        <Button
          kind="primary"
          label={t.detectors.start}
          disabledReason={
            reason ??
            (isWriting ? t.detectors.isWriting : target.startsWith('/') ? null : t.detectors.needsFile)
          }
          onPress={() => void send('start', { output_file: target, n_images: Number(images) })}
        />
        <HoldButton
          isDanger
          label={t.detectors.stop}
          disabledReason={reason ?? (isWriting ? null : t.detectors.notWriting)}
          onHold={() => void send('stop', {})}
        />
      </div>
    </>
  )
}
