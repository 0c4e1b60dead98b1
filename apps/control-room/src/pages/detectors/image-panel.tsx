import type { DetectorState } from '@beamtime/http-gateway/ui-types'
import {
  useEffect,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type ReactElement,
  type RefObject,
} from 'react'
import { useStore } from 'zustand'
import { useNow } from '../../app/use-control-room.ts'
import type { ValuesPlace } from '../../image/image-messages.ts'
import { kept, zoomed } from '../../image/image-place.ts'
import {
  isUpright,
  pictureScale,
  turnedSize,
  turnMatrix,
  type PicturePlace,
  type Size,
} from '../../image/orientation.ts'
import { valuesAbove } from '../../image/pixel-texts.ts'
import { RegionOverlay } from '../../image/region-overlay.tsx'
import type { BeamGeometry } from '../../image/resolution.ts'
import { RingOverlay } from '../../image/ring-overlay.tsx'
import type { ImageStore } from '../../image/use-image.ts'
import { useSampled } from '../../image/use-sampled.ts'
import { formatCount, formatNumber } from '../../text/format-number.ts'
import { formatAge } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { ColourBar } from './colour-bar.tsx'
import { ImageAxes } from './image-axes.tsx'
import { ImageTools } from './image-tools.tsx'
import { LostFigure } from './lost-figure.tsx'
import { MaskOnImage } from './mask-on-image.tsx'
import { picturePlace } from './picture-place.ts'
import { PointerInset } from './pointer-inset.tsx'
import { roiName } from './roi-numbers.ts'
import { staleAfterMs, type ChangeSettings, type PictureRoom, type ViewSettings } from './view-settings.ts'

export interface ImagePanelProps {
  readonly id: string
  readonly state: DetectorState | null
  readonly settings: ViewSettings
  readonly onChange: ChangeSettings
  readonly host: RefObject<HTMLDivElement | null>
  readonly store: ImageStore
  readonly onRoom: (room: PictureRoom) => void
  readonly placeValues: (place: ValuesPlace | null) => void
  readonly geometry: BeamGeometry
  readonly onGeometry: (change: Partial<BeamGeometry>) => void
}

/** The image with its tools, the regions over it, the colour bar and what is under the pointer. */
export function ImagePanel(props: ImagePanelProps): ReactElement {
  const { id, state, settings, onChange, host, store, onRoom, placeValues, geometry } = props
  const room = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState({ width: 0, height: 0 })
  const source = useSourceSize(store, state)
  const { region: wanted, orientation } = settings
  const place = useMemo(
    () => picturePlace({ region: wanted, orientation }, source, size),
    [wanted, orientation, source, size],
  )
  const region = wanted ?? place.region
  useEffect(() => {
    placeValues(pictureScale(place) > valuesAbove ? { ...place, ratio: devicePixelRatio } : null)
  }, [place, placeValues])
  useEffect(() => {
    const element = room.current
    if (element === null) return undefined
    const watch = new ResizeObserver(([change]) => {
      const { width, height } = change?.contentRect ?? { width: 0, height: 0 }
      setSize({ width, height })
      onRoom({ width, height, ratio: devicePixelRatio })
    })
    watch.observe(element)
    return () => watch.disconnect()
  }, [onRoom])
  return (
    <section className="panel image-panel" aria-label={t.detectors.image(id)}>
      <ImageFigures id={id} state={state} store={store} />
      <div className="image-stage">
        <ImageTools id={id} settings={settings} onChange={onChange} masked={state?.maskedPixels ?? 0} />
        <div className="image-room" ref={room}>
          <div className="image-box" ref={host} style={boxStyle(place)}>
            {settings.hasRings ? (
              <RingOverlay geometry={geometry} place={place} names={t.detectors.ringNames} />
            ) : null}
            <RegionOverlay
              place={place}
              rois={settings.rois}
              selected={settings.selected}
              tool={settings.tool}
              lineWidth={settings.lineWidth}
              labelOf={roiName}
              onCentre={({ x, y }) =>
                props.onGeometry({ centre: { x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 } })
              }
              onRois={(rois) => onChange({ rois })}
              onSelect={(selected) => onChange({ selected })}
              onProbe={(probe) => onChange({ probe })}
              onPan={(dx, dy) =>
                onChange({ region: kept({ ...region, x: region.x + dx, y: region.y + dy }, source) })
              }
              onZoom={(about) => onChange({ region: zoomed(region, about, source) })}
            />
            <MaskOnImage
              id={id}
              place={place}
              onProbe={(probe) => onChange({ probe })}
              onZoom={(about) => onChange({ region: zoomed(region, about, source) })}
            />
            <ImageAxes place={place} />
            {isUpright(orientation) ? null : (
              <div className="image-turned">{t.detectors.turned(orientation)}</div>
            )}
          </div>
          <PointerInset store={store} settings={settings} geometry={geometry} />
        </div>
        <ColourBar store={store} settings={settings} />
      </div>
      <ImageFoot state={state} store={store} settings={settings} />
    </section>
  )
}

/** Changes only with the size, not with each image. */
function useSourceSize(store: ImageStore, state: DetectorState | null): Size {
  const width = useStore(store, (view) => view.frame?.source.width) ?? state?.width ?? 1
  const height = useStore(store, (view) => view.frame?.source.height) ?? state?.height ?? 1
  return useMemo(() => ({ width, height }), [width, height])
}

/** The canvas has the shape of the source; a transformation turns it into the box. */
function boxStyle({ box, orientation }: PicturePlace): CSSProperties {
  const { width, height } = turnedSize(box, orientation)
  const turn = `matrix(${turnMatrix(orientation, box).join(', ')})`
  return {
    ...box,
    '--source-width': `${width}px`,
    '--source-height': `${height}px`,
    '--turn': turn,
  } as CSSProperties
}

function ImageFigures({
  id,
  state,
  store,
}: {
  readonly id: string
  readonly state: DetectorState | null
  readonly store: ImageStore
}): ReactElement {
  const frame = useSampled(store, (view) => view.frame)
  return (
    <div className="image-figures">
      <ImageFigure
        label={t.detectors.rate}
        value={formatNumber(state?.imagesPerSecond, { precision: 1 })}
        unit="Hz"
      />
      <ImageFigure label={t.detectors.frames} value={formatCount(state?.images)} />
      <LostFigure id={id} lost={state?.packetsLost ?? 0} />
      <ImageFigure label={t.detectors.incomplete} value={formatCount(state?.framesIncomplete)} />
      <ImageFigure
        label={t.detectors.buffer}
        value={formatNumber((state?.bufferShare ?? 0) * 100, { precision: 1 })}
        unit="%"
      />
      <ImageFigure label={t.detectors.saturated} value={formatCount(frame?.saturated)} unit="px" />
      <ImageFigure label={t.detectors.masked} value={formatCount(frame?.masked)} unit="px" />
    </div>
  )
}

function ImageFigure({
  label,
  value,
  unit,
}: {
  readonly label: string
  readonly value: string
  readonly unit?: string
}): ReactElement {
  return (
    <div className="figure-block">
      <div className="figure-label">{label}</div>
      <div className="figure">
        {value}
        {unit === undefined ? null : <span className="unit"> {unit}</span>}
      </div>
    </div>
  )
}

function ImageFoot({
  state,
  store,
  settings,
}: {
  readonly state: DetectorState | null
  readonly store: ImageStore
  readonly settings: ViewSettings
}): ReactElement {
  const arriving = state?.ports.filter(({ packetsOk }) => packetsOk > 0).length ?? 0
  return (
    <footer className="panel-foot num">
      {state === null ? null : (
        <>
          <span>{t.detectors.modules}</span>
          <span className="modules" aria-hidden>
            {state.ports.slice(0, 72).map((port) => (
              <i key={port.module} className={port.packetsOk > 0 ? '' : 'missing'} />
            ))}
          </span>
          <span>{t.detectors.arrive(arriving, state.ports.length)}</span>
        </>
      )}
      <span className="grow" />
      <FrameText store={store} settings={settings} imagesPerSecond={state?.imagesPerSecond ?? 0} />
    </footer>
  )
}

/** Which image is shown and how old it is. */
function FrameText({
  store,
  settings,
  imagesPerSecond,
}: {
  readonly store: ImageStore
  readonly settings: ViewSettings
  readonly imagesPerSecond: number
}): ReactElement | null {
  const frame = useSampled(store, (view) => view.frame)
  const received = useSampled(store, (view) => view.receivedMs)
  const error = useStore(store, (view) => view.error)
  const lastRate = useRef(0)
  useNow()
  useEffect(() => {
    if (imagesPerSecond > 0) lastRate.current = imagesPerSecond
  }, [imagesPerSecond])
  if (error !== null) return <span className="age">{error}</span>
  if (frame === null) return null
  const number = formatCount(Number(frame.frameNumber))
  switch (settings.mode) {
    case 'recorded':
      return <span>{t.detectors.recordedFoot(formatCount(Number(frame.frameNumber) + 1))}</span>
    case 'pause':
      return <span>{t.detectors.held(number)}</span>
    case 'sum':
    case 'live': {
      const ageMs = Date.now() - received
      // A sum comes as seldom as its images are many.
      const rate = lastRate.current / (settings.mode === 'sum' ? settings.stack : 1)
      if (ageMs > staleAfterMs(rate))
        return <span className="age">{t.detectors.old(formatAge(ageMs / 1_000))}</span>
      const age = formatAge((frame.sendTimeMs - frame.sourceTimeMs) / 1_000)
      return <span>{t.detectors.foot(number, age, frame.bin)}</span>
    }
  }
}
