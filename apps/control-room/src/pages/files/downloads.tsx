import { useQuery } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { errorText } from '../../net/http-client.ts'
import { formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { downloadAddress, fetchStatistics } from './use-h5.ts'

export interface SelectionProps {
  readonly file: string
  readonly path: string
  /** What is shown, as the server's `selection`: `3,:,0:200`. */
  readonly selection: string
  readonly isImage?: boolean
  readonly isNumeric?: boolean
}

/** What can be done with what is shown: statistics of all of it, files, a line for h5py. */
export function Downloads({
  file,
  path,
  selection,
  isImage,
  isNumeric = true,
}: SelectionProps): ReactElement {
  const { notices } = useControlRoom()
  const index = selection === '' ? '()' : selection.replaceAll(',', ', ')
  const snippet = `import h5py, hdf5plugin\nwith h5py.File(${JSON.stringify(file)}) as f:\n    data = f[${JSON.stringify(path)}][${index}]`
  const formats = [...(isNumeric ? ['npy'] : []), ...(isImage === true ? ['tiff'] : []), 'csv']
  return (
    <div className="dataset-downloads">
      {(isNumeric ? formats : ['json']).map((format) => (
        <a
          key={format}
          className="button compact"
          href={downloadAddress(file, path, { ...(selection === '' ? {} : { selection }), format })}
          download
        >
          {format}
        </a>
      ))}
      <Button
        isCompact
        label="h5py"
        hint={t.files.snippetHint}
        onPress={() => {
          void navigator.clipboard.writeText(snippet)
          notices.add({ state: 'good', text: t.files.snippet })
        }}
      />
      {isNumeric ? <SelectionStatistics key={selection} {...{ file, path, selection }} /> : null}
    </div>
  )
}

/** Reckoned by the server from every element of the selection, when asked for. */
function SelectionStatistics({ file, path, selection }: SelectionProps): ReactElement {
  const { http } = useControlRoom()
  const [isWanted, setWanted] = useState(false)
  const found = useQuery({
    queryKey: ['h5-statistics', file, path, selection],
    enabled: isWanted,
    queryFn: ({ signal }) => fetchStatistics(http, { file, path, selection }, signal),
  })
  if (found.data !== undefined) {
    const { min, max, mean, std } = found.data
    const text = (value: number | null): string => (value === null ? '–' : formatNumber(value))
    return (
      <span className="num" role="status">
        {t.files.statistics({ min: text(min), max: text(max), mean: text(mean), std: text(std) })}
      </span>
    )
  }
  return (
    <>
      <Button
        isCompact
        label={t.files.statisticsLabel}
        hint={t.files.statisticsHint}
        isBusy={found.isFetching}
        onPress={() => setWanted(true)}
      />
      {found.error === null ? null : <span role="alert">{errorText(found.error)}</span>}
    </>
  )
}
