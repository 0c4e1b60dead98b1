import type { ReactElement } from 'react'
import type { StateName } from '../theme/tokens.ts'

/** The five shapes: disc, half-filled ring, triangle, square with a cross, ring. Always beside the word. */
export function StateGlyph({
  state,
  size = 12,
  colour,
}: {
  state: StateName
  size?: number
  colour?: string
}): ReactElement {
  const fill = colour ?? `var(--${state})`
  return (
    <svg className="glyph" width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">
      {shape(state, fill)}
    </svg>
  )
}

function shape(state: StateName, fill: string): ReactElement {
  switch (state) {
    case 'good':
      return <circle cx="6" cy="6" r="5" fill={fill} />
    case 'busy':
      return (
        <>
          <circle cx="6" cy="6" r="5" fill="none" stroke={fill} strokeWidth="1.5" />
          <path d="M6 1a5 5 0 0 0 0 10z" fill={fill} />
        </>
      )
    case 'attention':
      return <path d="M6 1 11.5 11H.5z" fill={fill} />
    case 'bad':
      return (
        <path
          fillRule="evenodd"
          fill={fill}
          d="M1 2a1 1 0 0 1 1-1h8a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H2a1 1 0 0 1-1-1zM3.3 4.4 4.4 3.3 6 4.9l1.6-1.6 1.1 1.1L7.1 6l1.6 1.6-1.1 1.1L6 7.1 4.4 8.7 3.3 7.6 4.9 6z"
        />
      )
    case 'off':
      return <circle cx="6" cy="6" r="4.5" fill="none" stroke={fill} strokeWidth="1.5" />
  }
}
