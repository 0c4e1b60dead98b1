import type { ReactElement } from 'react'
import { Stateful } from '../../parts/stateful.tsx'
import type { DatasetViewProps } from './dataset-view.tsx'
import { Downloads } from './downloads.tsx'
import { useValues } from './use-h5.ts'

const mostRows = 200

/** A value that is neither a number nor a table: text, lists, what is empty. */
export function TextView({ file, path, entity }: DatasetViewProps): ReactElement {
  const shape = entity.shape ?? []
  const selection = shape.length === 0 ? '' : [`0:${mostRows}`, ...shape.slice(1).map(() => ':')].join(',')
  const found = useValues(file, path, selection)
  return (
    <Stateful isLoading={found.isPending} error={found.error} onRetry={() => void found.refetch()}>
      <pre className="mono dataset-text">
        {typeof found.data === 'string' ? found.data : JSON.stringify(found.data, null, 1)}
      </pre>
      <Downloads file={file} path={path} selection={selection} isNumeric={false} />
    </Stateful>
  )
}
