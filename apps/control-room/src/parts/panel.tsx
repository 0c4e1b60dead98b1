import type { CSSProperties, ReactElement, ReactNode } from 'react'

export interface PanelProps {
  readonly title?: string
  readonly sub?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
  readonly foot?: ReactNode
  readonly isFlush?: boolean
  readonly className?: string
  readonly style?: CSSProperties
  readonly label?: string
}

/** Flat panel with one line around it; a titled one is a region that can be found by its name. */
export function Panel(props: PanelProps): ReactElement {
  const { title, sub, actions, children, foot, isFlush = false, className = '', style, label } = props
  return (
    <section className={`panel ${className}`} style={style} aria-label={label ?? title}>
      {title === undefined ? null : (
        <header className="panel-head">
          <h2>{title}</h2>
          {sub === undefined ? null : <span className="sub ellipsis">{sub}</span>}
          <span className="grow" />
          {actions}
        </header>
      )}
      <div className={`panel-body${isFlush ? ' flush' : ''}`}>{children}</div>
      {foot === undefined ? null : <footer className="panel-foot">{foot}</footer>}
    </section>
  )
}
