import type { DetectorInfo, DetectorState } from '@beamtime/http-gateway/ui-types'
import { useEffect, useMemo, useRef, useState, type ReactElement, type RefObject } from 'react'
import { useStore } from 'zustand'
import { useConnection, useNow, useStatus } from '../../app/use-control-room.ts'
import type { Size } from '../../image/orientation.ts'
import { useImage, type ImageStore } from '../../image/use-image.ts'
import { StateChip } from '../../parts/state-chip.tsx'
import { formatCount, formatNumber } from '../../text/format-number.ts'
import { formatAge, formatClock } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { LostFigure } from './lost-figure.tsx'
import { picturePlace } from './picture-place.ts'
import { useDetectorState } from './use-detector-state.ts'
import { firstSettings, staleAfterMs, viewOf, type PictureRoom } from './view-settings.ts'
import { detectorsOnWall, wallColumns } from './wall-grid.ts'
import { isWritingState } from './writer-panel.tsx'
import './detector-wall.css'

export interface DetectorWallProps {
  readonly list: readonly DetectorInfo[]
  /** Names, separated by commas; absent: all. */
  readonly ids: string | undefined
  /** Seconds until the next four are shown. */
  readonly cycle: number | undefined
}

/** Height of head and figures of a cell and what lies around its picture, in heights of its text. */
const aside = { width: 2.5, height: 7.5 }
const noSize: Size = { width: 0, height: 0 }
const dayMs = 86_400_000

/** Up to four detectors seen from afar; no controls. */
export function DetectorWall({ list, ids, cycle }: DetectorWallProps): ReactElement {
  const [turn, setTurn] = useState(0)
  const grid = useRef<HTMLDivElement>(null)
  const room = useRoom(grid)
  const message = useStatus((status) => status?.manager_state ?? null)
  useFreshPage()
  useEffect(() => {
    if (cycle === undefined) return undefined
    const timer = setInterval(() => setTurn((one) => one + 1), cycle * 1_000)
    return () => clearInterval(timer)
  }, [cycle])
  const shown = detectorsOnWall(
    list.map(({ id }) => id),
    ids,
    turn,
  ).flatMap((id) => list.find((one) => one.id === id) ?? [])
  const sizes = shown.map(({ state }) => ({ width: state?.width ?? 1, height: state?.height ?? 1 }))
  const em = Number.parseFloat(grid.current === null ? '16' : getComputedStyle(grid.current).fontSize)
  const columns = wallColumns(sizes, room, { width: aside.width * em, height: aside.height * em })
  return (
    <div className="detector-wall">
      <header className="detector-wall-head">
        <h1>{t.detectors.title}</h1>
        {message === null ? null : <span className="muted">{message.replaceAll('_', ' ')}</span>}
        <span className="grow" />
        <Clock />
      </header>
      <div
        className="detector-wall-grid"
        ref={grid}
        style={{
          gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
          gridTemplateRows: `repeat(${Math.ceil(shown.length / columns)}, minmax(0, 1fr))`,
        }}
      >
        {shown.map(({ id, state }) => (
          <WallCell key={id} id={id} first={state} />
        ))}
      </div>
    </div>
  )
}

/** A wall runs for weeks: it takes a new build by itself, and begins anew once a day. */
function useFreshPage(): void {
  const hasNewBuild = useConnection((connection) => connection.hasNewBuild)
  useEffect(() => {
    if (hasNewBuild) location.reload()
    const timer = setTimeout(() => location.reload(), dayMs)
    return () => clearTimeout(timer)
  }, [hasNewBuild])
}

function Clock(): ReactElement {
  return <span className="num detector-wall-clock">{formatClock(useNow())}</span>
}

function useRoom(element: RefObject<HTMLElement | null>): PictureRoom {
  const [room, setRoom] = useState<PictureRoom>({ ...noSize, ratio: 1 })
  useEffect(() => {
    if (element.current === null) return undefined
    const watch = new ResizeObserver(([change]) => {
      const { width, height } = change?.contentRect ?? noSize
      setRoom({ width, height, ratio: devicePixelRatio })
    })
    watch.observe(element.current)
    return () => watch.disconnect()
  }, [element])
  return room
}

function WallCell({
  id,
  first,
}: {
  readonly id: string
  readonly first: DetectorState | null
}): ReactElement {
  const { state, isAway } = useDetectorState(id, first)
  const stage = useRef<HTMLDivElement>(null)
  const room = useRoom(stage)
  const source = useMemo(
    () => ({ width: state?.width ?? 1, height: state?.height ?? 1 }),
    [state?.width, state?.height],
  )
  const view = viewOf(id, firstSettings, { room, source: state === null ? null : source })
  const { host, store } = useImage({ view, map: firstSettings.map })
  const { box } = picturePlace(firstSettings, source, room)
  const age = useImageAge(store, state?.imagesPerSecond ?? 0)
  const isOld = isAway || age.isOld
  return (
    <section className={`panel wall-cell${isOld ? ' old' : ''}`} aria-label={id}>
      <header className="wall-cell-head">
        <h2 className="ellipsis">{id}</h2>
        <StateChip {...chipOf(isAway, age)} isLarge />
        {state?.isSimulated === true ? <span className="simulated">{t.detectors.simulated}</span> : null}
        <span className="grow" />
        <span className={`num nowrap${isOld ? ' wall-cell-age' : ' muted'}`}>{age.text}</span>
      </header>
      <div className="wall-cell-stage" ref={stage}>
        <div className="image-box" ref={host} style={box} />
      </div>
      <WallFigures id={id} state={state} />
    </section>
  )
}

function WallFigures({
  id,
  state,
}: {
  readonly id: string
  readonly state: DetectorState | null
}): ReactElement {
  const { writer } = state ?? {}
  return (
    <footer className="wall-cell-figures">
      <WallFigure label={t.detectors.rate} unit="Hz">
        {formatNumber(state?.imagesPerSecond, { precision: 1 })}
      </WallFigure>
      <LostFigure isReadOnly id={id} lost={state?.packetsLost ?? 0} />
      <WallFigure label={t.detectors.incomplete}>{formatCount(state?.framesIncomplete)}</WallFigure>
      <span className="grow" />
      <WallFigure label={t.detectors.writer} unit={wantedOf(writer)}>
        {isBusy(writer) ? formatCount(writer?.written) : (writer?.state.toLowerCase() ?? '–')}
      </WallFigure>
    </footer>
  )
}

function isBusy(writer: DetectorState['writer'] | undefined): boolean {
  return writer !== undefined && isWritingState(writer.state)
}

function wantedOf(writer: DetectorState['writer'] | undefined): string | undefined {
  const wanted = writer?.wanted ?? null
  return isBusy(writer) && wanted !== null ? `/ ${formatCount(wanted)}` : undefined
}

function WallFigure({
  label,
  unit,
  children,
}: {
  readonly label: string
  readonly unit?: string | undefined
  readonly children: string
}): ReactElement {
  return (
    <div className="figure-block">
      <div className="figure-label">{label}</div>
      <div className="figure nowrap">
        {children}
        {unit === undefined ? null : <span className="unit"> {unit}</span>}
      </div>
    </div>
  )
}

interface ImageAge {
  readonly text: string
  readonly isOld: boolean
  readonly hasImage: boolean
}

/** How old the image is; old when three that should have come since did not. */
function useImageAge(store: ImageStore, imagesPerSecond: number): ImageAge {
  const received = useStore(store, (view) => view.receivedMs)
  const hasImage = useStore(store, (view) => view.frame !== null)
  const lastRate = useRef(0)
  useNow()
  useEffect(() => {
    if (imagesPerSecond > 0) lastRate.current = imagesPerSecond
  }, [imagesPerSecond])
  if (!hasImage) return { text: '', isOld: false, hasImage }
  const ageMs = Date.now() - received
  const isOld = ageMs > staleAfterMs(lastRate.current)
  const text = formatAge(ageMs / 1_000)
  return { text: isOld ? t.detectors.old(text) : text, isOld, hasImage }
}

function chipOf(isAway: boolean, { isOld, hasImage }: ImageAge): Parameters<typeof StateChip>[0] {
  if (isAway) return { state: 'bad', word: t.detectors.away }
  if (!hasImage) return { state: 'off', word: t.detectors.waiting }
  return isOld ? { state: 'attention', word: t.detectors.waiting } : { state: 'busy', word: t.detectors.live }
}
