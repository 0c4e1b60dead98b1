import type { ReactElement } from 'react'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Facts, type Fact } from '../../parts/facts.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { t } from '../../text/text.ts'
import { DatasetView } from './dataset-view.tsx'
import { typeName, type H5Dataset, type H5Entity } from './h5-types.ts'
import { useNxData } from './nx-data.ts'
import { useAttributes, useEntity } from './use-h5.ts'

export interface EntityPanelProps {
  readonly file: string
  readonly path: string
  readonly isGrowing: boolean
}

/** What lies at the chosen path: its facts, its attributes, its values; of an NXdata group the plot that it stands for. */
export function EntityPanel({ file, path, isGrowing }: EntityPanelProps): ReactElement {
  const found = useEntity(file, path, isGrowing)
  const entity = found.data
  const nxData = useNxData(file, path, entity).data
  return (
    <section className="panel file-entity" aria-label={path}>
      <header className="panel-head">
        <h2 className="ellipsis mono">{path}</h2>
        <span className="grow" />
        <CopyButton text={() => path} label={t.files.copyPath} />
      </header>
      <Stateful isLoading={found.isPending} error={found.error} onRetry={() => void found.refetch()}>
        {entity === undefined ? null : (
          <div className="entity-body">
            <EntityFacts {...{ file, path, entity }} />
            {entity.kind === 'dataset' ? (
              <DatasetView key={path} file={file} path={path} entity={entity} />
            ) : null}
            {nxData ? (
              <DatasetView
                key={`${path} plot`}
                file={file}
                path={nxData.path}
                entity={nxData.signal}
                axes={nxData.axes}
              />
            ) : null}
          </div>
        )}
      </Stateful>
    </section>
  )
}

interface EntityFactsProps {
  readonly file: string
  readonly path: string
  readonly entity: H5Entity
}

function EntityFacts({ file, path, entity }: EntityFactsProps): ReactElement {
  const hasAttributes = 'attributes' in entity && entity.attributes.length > 0
  const attributes = useAttributes(file, path, hasAttributes)
  const facts = [
    ...(entity.kind === 'dataset' ? datasetFacts(entity) : []),
    ...('target_path' in entity ? brokenLinkFacts(entity) : []),
  ]
  const values = Object.entries(attributes.data ?? {}).map(([name, value]) => ({
    name: `@${name}`,
    value: <span className="mono">{typeof value === 'string' ? value : JSON.stringify(value)}</span>,
  }))
  return <Facts list={[...facts, ...values]} />
}

/** Links that lead somewhere are followed by the server. */
function brokenLinkFacts(link: Extract<H5Entity, { readonly target_path: string }>): readonly Fact[] {
  const target = [link.target_file, link.target_path].filter((part) => part !== undefined).join(' : ')
  return [
    { name: t.files.target, value: <span className="mono">{target}</span> },
    { name: t.files.state, value: t.files.brokenLink },
  ]
}

function datasetFacts(entity: H5Dataset): readonly Fact[] {
  const storage =
    entity.virtualSources !== undefined
      ? t.files.virtual(entity.virtualSources.length)
      : entity.chunks === null
        ? t.files.contiguous
        : [
            t.files.chunks(entity.chunks.join(' × ')),
            ...(entity.filters ?? []).map(({ name, id }) => name || String(id)),
          ].join(', ')
  return [
    { name: t.files.shape, value: <span className="num">{entity.shape?.join(' × ') ?? '–'}</span> },
    { name: t.files.type, value: <span>{typeName(entity.type)}</span> },
    { name: t.files.storage, value: <span>{storage}</span> },
  ]
}
