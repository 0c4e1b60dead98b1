import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { formatBytes, formatCount } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { useFiles } from '../files/use-files.ts'
import { useRunFiles, type RunFile } from './run-files.ts'

export interface RunFilesProps {
  readonly uid: string
  readonly isOpen: boolean
}

/** Files that detectors wrote for this run, each a way into the browser of files. */
export function FilesTab({ uid, isOpen }: RunFilesProps): ReactElement {
  const found = useRunFiles(uid, isOpen)
  const listed = useFiles()
  const bytesOf = (file: string): number | undefined =>
    listed.data?.files.find((one) => one.file === file)?.bytes
  return (
    <section className="panel run-files" aria-label={t.runs.tabs.files}>
      <Stateful
        isLoading={found.isPending}
        error={found.error}
        onRetry={() => void found.refetch()}
        empty={found.data?.length === 0 ? t.runs.noFiles : null}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">{t.runs.fileOf}</th>
              <th scope="col">{t.runs.file}</th>
              <th scope="col">{t.runs.dataset}</th>
              <th scope="col" className="right">
                {t.runs.frames}
              </th>
              <th scope="col" className="right">
                {t.runs.size}
              </th>
              <td />
            </tr>
          </thead>
          <tbody>
            {found.data?.map((one) => (
              <FileRow key={one.uid} one={one} bytes={bytesOf(one.file)} />
            ))}
          </tbody>
        </table>
      </Stateful>
    </section>
  )
}

function FileRow({ one, bytes }: { one: RunFile; bytes: number | undefined }): ReactElement {
  const { value, unit } = formatBytes(bytes ?? 0)
  const search = { file: one.file, ...(one.dataset === null ? {} : { path: one.dataset }) }
  return (
    <tr>
      <td>{one.key}</td>
      <td>
        <Link className="link mono" to="/files" search={search}>
          {one.file}
        </Link>
      </td>
      <td className="mono">{one.dataset ?? '–'}</td>
      <td className="num right">{one.length === null ? '–' : formatCount(one.length)}</td>
      <td className="num right">{bytes === undefined ? '–' : `${value} ${unit}`}</td>
      <td className="right">
        <CopyButton label={t.files.copyPath} text={() => one.file} />
      </td>
    </tr>
  )
}
