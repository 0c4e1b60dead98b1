import { useEffect, useReducer, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { useControlRoom } from '../../app/use-control-room.ts'
import { Panel } from '../../parts/panel.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { columnInfo, primaryChoice } from '../../run/run-plots.ts'
import { useRunTable } from '../../run/use-run-version.ts'
import { frameEntry } from '../../stores/frame-loop.ts'
import type { LiveRunStore } from '../../stores/live-run-store.ts'
import { formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { deviceText } from '../queue/now-strip.tsx'

/** Where each device of the run is: moving ones with target, read ones with their newest value. At most twice a second. */
export function DevicesPanel({ run }: { run: LiveRunStore }): ReactElement | null {
  const { status, frames } = useControlRoom()
  const [, bump] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const entry = frameEntry(bump, 500)
    const unsubscribe = status.subscribe(() => frames.schedule(entry))
    return () => {
      unsubscribe()
      frames.cancel(entry)
    }
  }, [status, frames])
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices))
  const snap = useStore(run.store, (view) => view.snap)
  const isOpen = (snap?.stop ?? null) === null
  const { table } = useRunTable(run, choice?.stream)
  const progress = new Map(
    (isOpen ? (status.getState().status?.progress?.devices ?? []) : []).map((device) => [
      device.name,
      device,
    ]),
  )
  const columns = (choice?.table ?? []).filter((name) => name !== 'time')
  const movers = new Set(snap?.summary.motors)
  const rest = [...progress.values()].filter((device) => !columns.includes(device.name))
  if (columns.length === 0 && rest.length === 0) return null
  return (
    <Panel title={t.live.devices} isFlush className="devices-panel">
      <ul>
        {columns.map((name) => {
          const device = progress.get(name)
          const value = formatNumber(table?.numbers(name)?.at(-1), {
            precision: columnInfo(snap, choice?.stream ?? '', name)?.precision,
          })
          // Progress of a detector is that of its exposure; what is of interest is its newest value.
          const isMover = movers.has(name) && device !== undefined
          return (
            <DeviceRow
              key={name}
              name={name}
              isBusy={device !== undefined && device.done !== true}
              isMover={movers.has(name)}
              text={isMover ? deviceText(device) : value}
              unit={isMover ? device.unit : choice?.units[name]}
            />
          )
        })}
        {rest.map((device) => (
          <DeviceRow
            key={device.name}
            name={device.name}
            isBusy={device.done !== true}
            isMover
            text={deviceText(device)}
            unit={device.unit}
          />
        ))}
      </ul>
    </Panel>
  )
}

interface DeviceRowProps {
  readonly name: string
  readonly isBusy: boolean
  readonly isMover: boolean
  readonly text: string
  readonly unit: string | undefined
}

function DeviceRow({ name, isBusy, isMover, text, unit }: DeviceRowProps): ReactElement {
  const word = isBusy
    ? isMover
      ? t.live.device.moving
      : t.live.device.reading
    : isMover
      ? t.live.device.ready
      : t.live.device.read
  return (
    <li className="device-row">
      <span className="ellipsis">{name}</span>
      <span className="num nowrap device-value">
        {text}
        {unit ? <span className="unit">{`\u00a0${unit}`}</span> : null}
      </span>
      <StateChip state={isBusy ? 'busy' : 'good'} word={word} />
    </li>
  )
}
