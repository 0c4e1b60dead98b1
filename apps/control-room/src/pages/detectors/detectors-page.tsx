import type { DetectorInfo, DetectorState } from '@beamtime/http-gateway/ui-types'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { useControlRoom } from '../../app/use-control-room.ts'
import { useImage, type ImageStore } from '../../image/use-image.ts'
import { Button } from '../../parts/button.tsx'
import { Segments } from '../../parts/segments.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { Stateful, useStaleClass } from '../../parts/stateful.tsx'
import { t } from '../../text/text.ts'
import type { StateName } from '../../theme/tokens.ts'
import { BeamPanel } from './beam-panel.tsx'
import { ImagePanel } from './image-panel.tsx'
import { DetectorWall } from './detector-wall.tsx'
import { MaskPanel } from './mask-panel.tsx'
import { maskStoreOf } from './mask-store.ts'
import { RecordedBar } from './recorded-bar.tsx'
import { RangePanel } from './range-panel.tsx'
import { ProfilePanel } from './profile-panel.tsx'
import { RegionsPanel, RegionSums } from './regions-panel.tsx'
import { savePicture } from './save-picture.ts'
import { useBeamGeometry } from './use-beam-geometry.ts'
import { inMode } from './step-image.ts'
import { useDetectorState } from './use-detector-state.ts'
import { useDetectorKeys } from './use-detector-keys.ts'
import {
  useViewSettings,
  viewOf,
  type ChangeSettings,
  type PictureRoom,
  type ViewSettings,
} from './view-settings.ts'
import { WriterPanel } from './writer-panel.tsx'
import './detectors.css'
import './masks.css'

/** Is the beam on the detector, and is everything being saved? */
export function DetectorsPage(): ReactElement {
  const { http } = useControlRoom()
  const params = useParams({ strict: false })
  const search = useSearch({ strict: false })
  const found = useQuery({
    queryKey: ['detectors'],
    queryFn: ({ signal }) => http.get<readonly DetectorInfo[]>('/detectors', signal),
  })
  const list = found.data ?? []
  const id = params.id ?? list[0]?.id
  return (
    <Stateful
      scope="read:monitor"
      isLoading={found.isPending}
      error={found.error}
      onRetry={() => void found.refetch()}
      empty={
        list.length > 0 ? null : (
          <>
            <strong>{t.detectors.none}</strong>
            <span>{t.detectors.noneHelp}</span>
          </>
        )
      }
    >
      {search.view === 'wall' ? (
        <DetectorWall list={list} ids={search.ids ?? params.id} cycle={search.cycle} />
      ) : id === undefined ? null : (
        <Detector
          key={id}
          id={id}
          ids={list.map((one) => one.id)}
          first={list.find((one) => one.id === id)?.state ?? null}
        />
      )}
    </Stateful>
  )
}

interface DetectorProps {
  readonly id: string
  readonly ids: readonly string[]
  readonly first: DetectorState | null
}

function Detector({ id, ids, first }: DetectorProps): ReactElement {
  const { state, isAway } = useDetectorState(id, first)
  const [settings, change] = useViewSettings(id)
  const [geometry, changeGeometry] = useBeamGeometry(id)
  const [room, setRoom] = useState<PictureRoom>({ width: 0, height: 0, ratio: 1 })
  const stale = useStaleClass()
  const mask = maskStoreOf(id)
  const isMasking = useStore(mask, (state) => state.isOpen)
  const view = viewOf(id, settings, { room, source: state })
  const { host, store, placeValues } = useImage({ view, map: settings.map })
  const save = (): void => void savePicture(id, host.current, settings.orientation)
  useDetectorKeys({ settings, onChange: change, store, room, onSave: save })
  return (
    <div className={`page detectors-page${stale}`}>
      <DetectorBar
        id={id}
        ids={ids}
        state={state}
        isAway={isAway}
        store={store}
        settings={settings}
        onChange={change}
        onSave={save}
      />
      {settings.mode === 'recorded' ? <RecordedBar id={id} settings={settings} onChange={change} /> : null}
      <div className="page-content">
        <ImagePanel
          id={id}
          state={state}
          settings={settings}
          onChange={change}
          host={host}
          store={store}
          onRoom={setRoom}
          placeValues={placeValues}
          geometry={geometry}
          onGeometry={changeGeometry}
        />
        <div className="column detector-side">
          {isMasking && state !== null ? (
            <MaskPanel id={id} state={state} settings={settings} store={mask} />
          ) : null}
          <RangePanel settings={settings} onChange={change} store={store} />
          <RegionsPanel id={id} settings={settings} onChange={change} store={store} />
          <ProfilePanel id={id} settings={settings} store={store} />
          <BeamPanel settings={settings} onChange={change} geometry={geometry} onGeometry={changeGeometry} />
          <RegionSums settings={settings} store={store} />
          {state === null ? null : <WriterPanel id={id} state={state} />}
        </div>
      </div>
    </div>
  )
}

interface DetectorBarProps {
  readonly id: string
  readonly ids: readonly string[]
  readonly state: DetectorState | null
  readonly isAway: boolean
  readonly store: ImageStore
  readonly settings: ViewSettings
  readonly onChange: ChangeSettings
  readonly onSave: () => void
}

function DetectorBar(props: DetectorBarProps): ReactElement {
  const { id, ids, state, isAway, store, settings, onChange, onSave } = props
  const navigate = useNavigate()
  const fps = useStore(store, (view) => view.fps)
  const hasFrame = useStore(store, (view) => view.frame !== null)
  const chip = isAway ? ({ state: 'bad', word: t.detectors.away } as const) : sourceChip(settings, hasFrame)
  return (
    <div className="page-bar">
      <h1>{id}</h1>
      {ids.length < 2 ? null : (
        <select
          className="select"
          aria-label={t.detectors.choose}
          value={id}
          onChange={(event) =>
            void navigate({ to: '/detectors/$id', params: { id: event.currentTarget.value } })
          }
        >
          {ids.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      )}
      <StateChip {...chip} isLarge />
      {state?.isSimulated === true ? <span className="simulated">{t.detectors.simulated}</span> : null}
      <span className="sub num ellipsis">
        {state === null
          ? ''
          : `${t.detectors.size(state.width, state.height, state.dtype)} · ${t.detectors.shown(fps)}`}
      </span>
      <span className="grow" />
      <SourceChoice settings={settings} onChange={onChange} store={store} />
      <Button
        isIconOnly
        label={t.detectors.savePng}
        icon={<IconDownload size={16} stroke={1.75} aria-hidden />}
        onPress={onSave}
      />
    </div>
  )
}

function sourceChip(
  { mode, stack }: ViewSettings,
  hasFrame: boolean,
): { readonly state: StateName; readonly word: string } {
  switch (mode) {
    case 'pause':
      return { state: 'attention', word: t.detectors.pausedWord }
    case 'recorded':
      return { state: 'off', word: t.detectors.recordedWord }
    case 'sum':
      return { state: 'busy', word: t.detectors.sumWord(stack) }
    case 'live':
      return hasFrame
        ? { state: 'busy', word: t.detectors.live }
        : { state: 'off', word: t.detectors.waiting }
  }
}

const stacks = [2, 5, 10, 50, 100, 1_000] as const

function SourceChoice({
  settings,
  onChange,
  store,
}: {
  readonly settings: ViewSettings
  readonly onChange: ChangeSettings
  readonly store: ImageStore
}): ReactElement {
  return (
    <>
      {settings.mode === 'sum' ? (
        <select
          className="select"
          aria-label={t.detectors.sumLength}
          value={settings.stack}
          onChange={(event) => onChange({ stack: Number(event.currentTarget.value) })}
        >
          {stacks.map((stack) => (
            <option key={stack} value={stack}>
              {stack}
            </option>
          ))}
        </select>
      ) : null}
      <Segments
        label={t.detectors.source}
        value={settings.mode}
        options={[
          { value: 'live', label: t.detectors.resume },
          { value: 'pause', label: t.detectors.pause },
          { value: 'sum', label: t.detectors.sum(settings.stack) },
          { value: 'recorded', label: t.detectors.recorded },
        ]}
        onChange={(mode) => onChange(inMode(mode, settings, store.getState().frame))}
      />
    </>
  )
}
