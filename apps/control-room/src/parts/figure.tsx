import type { ReactElement, ReactNode } from 'react'

/** Label above, value below; the unit muted. */
export function Figure({
  label,
  children,
  unit,
}: {
  label: string
  children: ReactNode
  unit?: string | null | undefined
}): ReactElement {
  return (
    <div className="figure-block">
      <div className="figure-label">{label}</div>
      <div className="figure">
        {children}
        {unit ? <span className="unit">{`\u00a0${unit}`}</span> : null}
      </div>
    </div>
  )
}
