import type { ReactElement } from 'react'
import type { DataSearch } from '../../app/router.tsx'
import { Segments } from '../../parts/segments.tsx'
import { t } from '../../text/text.ts'
import { combinations, timeOfSearch } from './output-time.ts'

export interface TimeChoiceProps {
  readonly search: DataSearch
  readonly onSearch: (change: Partial<DataSearch>) => void
}

const usualSeconds = 60

/** Of which time the plots show the data: as each says, since the start, or the last seconds. */
export function TimeChoice({ search, onSearch }: TimeChoiceProps): ReactElement {
  const time = timeOfSearch(search.time, search.combine)
  const choose = (kind: typeof time.kind): void => {
    if (kind === 'last') onSearch({ time: usualSeconds })
    else onSearch({ time: kind === 'start' ? 'start' : undefined, combine: undefined })
  }
  return (
    <div className="time-choice">
      <Segments
        label={t.grids.time}
        value={time.kind}
        options={[
          { value: 'as-set', label: t.grids.timeAsSet },
          {
            value: 'last',
            label: time.kind === 'last' ? t.grids.timeLast(time.seconds) : t.grids.timeLastAny,
          },
          { value: 'start', label: t.grids.timeStart },
        ]}
        onChange={choose}
      />
      {time.kind === 'last' ? (
        <>
          <input
            type="range"
            className="play-track"
            min={0}
            max={60}
            step={1}
            aria-label={t.grids.timeSlider}
            aria-valuetext={t.grids.lastSeconds(time.seconds)}
            value={time.seconds}
            onChange={(event) => onSearch({ time: Number(event.currentTarget.value) })}
          />
          <select
            className="select"
            aria-label={t.grids.combine}
            value={time.combine}
            onChange={(event) => {
              const chosen = event.currentTarget.value
              onSearch({ combine: chosen === 'auto' ? undefined : chosen })
            }}
          >
            {combinations.map((one) => (
              <option key={one} value={one}>
                {t.grids.combinations[one]}
              </option>
            ))}
          </select>
        </>
      ) : null}
    </div>
  )
}
