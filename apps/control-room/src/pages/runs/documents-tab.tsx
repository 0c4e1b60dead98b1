import type { DocumentsPage } from '@beamtime/http-gateway/ui-types'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { formatMoment } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'

type Document = DocumentsPage['documents'][number]

/** Documents as received: name and key facts left, the chosen one whole at the right. */
export function DocumentsTab({ uid }: { uid: string }): ReactElement {
  const { http, serverNow } = useControlRoom()
  const pages = useInfiniteQuery({
    queryKey: ['documents', uid],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      http.get<DocumentsPage>(
        `/runs/${encodeURIComponent(uid)}/documents?limit=100&after=${pageParam}`,
        signal,
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const documents = pages.data?.pages.flatMap((page) => page.documents) ?? []
  const [chosen, choose] = useState(0)
  const shown = documents[chosen]
  return (
    <div className="documents-tab">
      <section className="panel document-list" aria-label={t.runs.tabs.documents}>
        <Stateful
          isLoading={pages.isLoading}
          error={pages.error}
          onRetry={() => void pages.refetch()}
          empty={documents.length === 0 && !pages.isLoading ? t.runs.noDocuments : null}
        >
          <ul>
            {documents.map((document, index) => (
              <li key={index}>
                <button type="button" aria-current={index === chosen} onClick={() => choose(index)}>
                  <span className="muted num document-number">{index + 1}</span>
                  <span className="strong">{document.name}</span>
                  <span className="small muted num">{timeOf(document, serverNow())}</span>
                </button>
              </li>
            ))}
          </ul>
          {pages.hasNextPage ? (
            <Button
              kind="quiet"
              isBlock
              label={t.runs.loadMore}
              isBusy={pages.isFetchingNextPage}
              onPress={() => void pages.fetchNextPage()}
            />
          ) : null}
        </Stateful>
      </section>
      <section className="panel document-text" aria-label={t.runs.document}>
        <header className="panel-head">
          <h2>{shown?.name ?? ''}</h2>
          <span className="grow" />
          <CopyButton label={t.common.copy} text={() => JSON.stringify(shown?.doc ?? {}, null, 2)} />
        </header>
        <pre className="panel-body mono side-scroll" tabIndex={0}>
          {shown === undefined ? '' : JSON.stringify(shown.doc, null, 2)}
        </pre>
      </section>
    </div>
  )
}

function timeOf(document: Document, now: number): string {
  const time = document.doc['time']
  return typeof time === 'number' ? formatMoment(time * 1000, now) : ''
}
