import type { DetectorState, FilesAnswer } from '@beamtime/http-gateway/ui-types'
import { useQuery } from '@tanstack/react-query'
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
import { folderOf, knownFiles, nextFile, pathSuggestions } from './path-suggestions.ts'
import { useRecordedRuns } from './use-recorded-runs.ts'
import { WrittenFiles } from './written-files.tsx'

const writing = /writ|record|wait|creat|sav/i

export function isWritingState(state: string): boolean {
  return writing.test(state)
}

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
    queryKey: ['files', 500],
    queryFn: ({ signal }) => http.get<FilesAnswer>('/files?limit=500', signal),
  })
  const runs = useRecordedRuns(id)
  const { writer } = state
  const isWriting = isWritingState(writer.state)
  return (
    <Panel
      title={t.detectors.writer}
      className="writer-panel"
      actions={<StateChip state={isWriting ? 'busy' : 'off'} word={writer.state.toLowerCase()} />}
    >
      {isWriting ? <WriterProgress state={state} /> : null}
      <WriterForm
        id={id}
        isWriting={isWriting}
        folder={folderOf(runs[0]?.file ?? '') || folderIn(files.data?.roots[0], id)}
        known={knownFiles(runs, files.data?.files.map((one) => one.file) ?? [])}
        file={writer.file}
      />
      <DiskText state={state} />
      {writer.message === '' || isWriting ? null : <p className="small muted">{writer.message}</p>}
      <h3 className="files-head">{t.detectors.lastFiles}</h3>
      <WrittenFiles runs={runs} />
    </Panel>
  )
}

/** Until the disk is full at the rate of the moment. */
function secondsToFull({ diskFreeBytes, bytesPerSecond }: DetectorState): string {
  return diskFreeBytes === null || bytesPerSecond <= 0 ? '–' : formatAge(diskFreeBytes / bytesPerSecond)
}

function folderIn(root: string | undefined, id: string): string {
  return root === undefined ? '' : `${root}/${id}`
}

/** Room on the disk that the files go to. */
function DiskText({ state }: { readonly state: DetectorState }): ReactElement | null {
  if (state.diskFreeBytes === null) return null
  const { value, unit } = formatBytes(state.diskFreeBytes)
  const free = `${value}\u00a0${unit}`
  const text = state.bytesPerSecond > 0 ? t.masks.disk(free, secondsToFull(state)) : t.masks.diskIdle(free)
  return <p className="small muted num">{text}</p>
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
  folder,
  known,
  file,
}: {
  readonly id: string
  readonly isWriting: boolean
  /** For the next file; empty where none is known. */
  readonly folder: string
  /** Files that there are. */
  readonly known: readonly string[]
  readonly file: string | null
}): ReactElement {
  const { http, notices } = useControlRoom()
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  const [path, setPath] = useState('')
  const [images, setImages] = useState('100')
  const [error, setError] = useState<string | null>(null)
  const suggested = folder === '' ? t.detectors.filePlaceholder : nextFile(folder, new Set(known))
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
        list={`paths-of-${id}`}
        onChange={(event) => setPath(event.currentTarget.value)}
      />
      <datalist id={`paths-of-${id}`}>
        {pathSuggestions(path, { files: known, folder }).map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
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
