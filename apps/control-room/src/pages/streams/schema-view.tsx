import type { SchemasPage } from '@beamtime/http-gateway/ui-types'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { Segments } from '../../parts/segments.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { t } from '../../text/text.ts'
import { SchemaContent } from './schema-panel.tsx'

/** Schemas of a topic's values and keys, as the registry names them after the topic. */
export function SchemaView({ topic }: { readonly topic: string }): ReactElement {
  const { http } = useControlRoom()
  const [chosen, setChosen] = useState(`${topic}-value`)
  const found = useQuery({
    queryKey: ['schemas'],
    queryFn: ({ signal }) => http.get<SchemasPage>('/streams/schemas', signal),
  })
  const names = [`${topic}-value`, `${topic}-key`].filter((name) =>
    found.data?.subjects.some((subject) => subject.name === name),
  )
  const subject = names.includes(chosen) ? chosen : names[0]
  return (
    <Stateful
      isLoading={found.isPending}
      error={found.error}
      onRetry={() => void found.refetch()}
      empty={
        subject !== undefined ? null : (
          <>
            <strong>{t.streams.noTopicSchema}</strong>
            <span>{t.streams.noTopicSchemaHelp(topic)}</span>
          </>
        )
      }
    >
      {names.length < 2 || subject === undefined ? null : (
        <div className="message-tools">
          <Segments
            label={t.streams.subject}
            value={subject}
            options={names.map((name) => ({ value: name, label: name.slice(topic.length + 1) }))}
            onChange={setChosen}
          />
        </div>
      )}
      {subject === undefined ? null : <SchemaContent key={subject} subject={subject} />}
    </Stateful>
  )
}
