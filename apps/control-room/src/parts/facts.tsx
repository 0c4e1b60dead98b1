import { Fragment, type ReactElement, type ReactNode } from 'react'

export interface Fact {
  readonly name: string
  readonly value: ReactNode
}

/** Name left in muted, value right. */
export function Facts({ list }: { list: readonly Fact[] }): ReactElement {
  return (
    <dl className="facts">
      {list.map((fact, index) => (
        <Fragment key={`${index} ${fact.name}`}>
          <dt>{fact.name}</dt>
          <dd>{fact.value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}
