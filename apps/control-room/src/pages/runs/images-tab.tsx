import { useState, type ReactElement } from 'react'
import { Segments } from '../../parts/segments.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { t } from '../../text/text.ts'
import { DatasetView } from '../files/dataset-view.tsx'
import { useEntity } from '../files/use-h5.ts'
import type { RunFilesProps } from './files-tab.tsx'
import { useRunFiles, type RunFile } from './run-files.ts'
import '../files/files.css'

/** Images and other arrays that the run stored in files, read where they lie, also while it takes them. */
export function ImagesTab({ uid, isOpen }: RunFilesProps): ReactElement {
  const found = useRunFiles(uid, isOpen)
  const [chosen, choose] = useState<string | null>(null)
  const readable = found.data?.filter(({ dataset }) => dataset !== null) ?? []
  const one = readable.find((file) => file.uid === chosen) ?? readable[0]
  return (
    <section className="panel run-images" aria-label={t.runs.tabs.images}>
      <Stateful
        isLoading={found.isPending}
        error={found.error}
        onRetry={() => void found.refetch()}
        empty={found.data !== undefined && one === undefined ? t.runs.noImages : null}
      >
        {readable.length < 2 || one === undefined ? null : (
          <Segments
            label={t.runs.fileOf}
            value={one.uid}
            options={readable.map((file) => ({ value: file.uid, label: file.key }))}
            onChange={choose}
          />
        )}
        {one === undefined ? null : <Stored key={one.uid} one={one} isOpen={isOpen} />}
      </Stateful>
    </section>
  )
}

function Stored({ one, isOpen }: { one: RunFile; isOpen: boolean }): ReactElement {
  const path = one.dataset ?? '/'
  const found = useEntity(one.file, path, isOpen)
  const entity = found.data
  return (
    <Stateful isLoading={found.isPending} error={found.error} onRetry={() => void found.refetch()}>
      {entity?.kind === 'dataset' ? <DatasetView file={one.file} path={path} entity={entity} /> : null}
    </Stateful>
  )
}
