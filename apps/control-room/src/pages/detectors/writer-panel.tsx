import type { DetectorState, FilesAnswer } from '@beamtime/http-gateway/ui-types'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactElement } from 'react'
import { useControlRoom, useScope } from '../../app/use-control-room.ts'
import { errorText } from '../../net/http-client.ts'
import { Button } from '../../parts/button.tsx'
import { HoldButton } from '../../parts/hold-button.tsx'
import { Panel } from '../../parts/panel.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { formatBytes, formatCount } from '../../text/format-number.ts'
import { formatShortMoment } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'

const writing = /writ|record|wait|creat|sav/i

/** Files by hand, and the ones that were written last. */
export function WriterPanel({
  id,
  state,
}: {
  readonly id: string
  readonly state: DetectorState
}): ReactElement {
  const { http, serverNow } = useControlRoom()
  const files = useQuery({
    queryKey: ['files', 6],
    queryFn: ({ signal }) => http.get<FilesAnswer>('/files?limit=6', signal),
    refetchInterval: 5_000,
  })
  const { writer } = state
  const isWriting = writing.test(writer.state)
  return (
    <Panel
      title={t.detectors.writer}
      className="writer-panel"
      actions={<StateChip state={isWriting ? 'busy' : 'off'} word={writer.state.toLowerCase()} />}
    >
      {isWriting ? (
        <div className="figure">
          {formatCount(writer.written)}
          <span className="unit">
            {' '}
            {writer.wanted === null ? '' : t.detectors.of(formatCount(writer.wanted))}
          </span>
        </div>
      ) : null}
      <WriterForm id={id} isWriting={isWriting} root={files.data?.roots[0]} file={writer.file} />
      {writer.message === '' || isWriting ? null : <p className="small muted">{writer.message}</p>}
      <h3 className="files-head">{t.detectors.lastFiles}</h3>
      {(files.data?.files.length ?? 0) === 0 ? (
        <p className="small muted">{t.detectors.noFiles}</p>
      ) : (
        <ul className="last-files">
          {files.data?.files.map((file) => {
            const { value, unit } = formatBytes(file.bytes)
            return (
              <li key={file.file}>
                <Link to="/files" search={{ file: file.file }} className="ellipsis">
                  {file.name}
                </Link>
                <span className="num muted nowrap">
                  {value} {unit} · {formatShortMoment(file.t, serverNow())}
                </span>
              </li>
            )
          })}
        </ul>
      )}
    </Panel>
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
            reason ?? (isWriting ? t.detectors.writer : target.startsWith('/') ? null : t.detectors.needsFile)
          }
          onPress={() => void send('start', { output_file: target, n_images: Number(images) })}
        />
        <HoldButton
          isDanger
          label={t.detectors.stop}
          disabledReason={reason ?? (isWriting ? null : t.detectors.noFiles)}
          onHold={() => void send('stop', {})}
        />
      </div>
    </>
  )
}
