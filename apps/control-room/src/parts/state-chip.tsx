import type { ReactElement, ReactNode } from 'react'
import type { StateName } from '../theme/tokens.ts'
import { StateGlyph } from './state-glyph.tsx'

export interface StateChipProps {
  readonly state: StateName
  readonly word: ReactNode
  /** Filled only for attention and bad, and only where someone must act. */
  readonly isFilled?: boolean
  readonly isLarge?: boolean
  readonly title?: string | undefined
}

/** State as shape, colour and word together. */
export function StateChip({
  state,
  word,
  isFilled = false,
  isLarge = false,
  title,
}: StateChipProps): ReactElement {
  const filled = isFilled && (state === 'attention' || state === 'bad')
  return (
    <span
      className={`state state-${state}${isLarge ? ' large' : ''}${filled ? ' filled' : ''}`}
      style={filled ? { background: `var(--${state})` } : undefined}
      title={title}
    >
      <StateGlyph state={state} {...(filled ? { colour: 'var(--on-chip)' } : {})} />
      <span className="word">{word}</span>
    </span>
  )
}
