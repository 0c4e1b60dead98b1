import type { LiveLayer } from '@beamtime/http-gateway/ui-types'
import type { ReactElement } from 'react'
import { colourMapNames } from '../../plot/colour-maps.ts'
import { t } from '../../text/text.ts'
import { settingsOf, withSetting, type PlotSettings } from './plots/plot-params.ts'
import { plotTypes, type OverlayType, type PlotType } from './plots/plot-types.ts'
import { SettingChoice, SettingFlag, SettingList, SettingNumber } from './plots/setting-fields.tsx'

export interface PlotSettingsFormProps {
  readonly layer: LiveLayer
  /** Plots that the output of the layer can be shown as; without them the plot stays what it is. */
  readonly types?: readonly PlotType[]
  readonly onChange: (layer: LiveLayer) => void
}

interface FieldProps {
  readonly settings: PlotSettings
  readonly set: <K extends keyof PlotSettings>(key: K, value: PlotSettings[K]) => void
}

/** How the plot of one layer looks; each change gives the whole layer. */
export function PlotSettingsForm({ layer, types, onChange }: PlotSettingsFormProps): ReactElement {
  const settings = settingsOf(layer)
  const fields: FieldProps = {
    settings,
    set: (key, value) => onChange(withSetting(layer, key, value)),
  }
  const name = layer.plot_name as PlotType | OverlayType
  return (
    <div className="plot-settings">
      {types === undefined || types.length < 2 ? null : (
        <SettingChoice
          label={t.plots.type}
          value={plotTypes.find((type) => type === name) ?? types[0] ?? 'table'}
          choices={types.map((type) => [type, t.plots.types[type]] as const)}
          onChange={(type) => onChange({ ...layer, plot_name: type })}
        />
      )}
      {groupsOf(name).map((Group) => (
        <Group key={Group.name} {...fields} />
      ))}
    </div>
  )
}

type Group = (props: FieldProps) => ReactElement

function groupsOf(name: PlotType | OverlayType): readonly Group[] {
  switch (name) {
    case 'image':
      return [Colours, Shape, Counting]
    case 'lines':
    case 'overlay_1d':
      return [Curve, XScale, YScale, Counting]
    case 'timeseries':
      return [YScale]
    case 'bars':
      return [Bars, YScale]
    case 'table':
      return [Numbers]
    case 'slicer':
      return [Slicer, Colours, Shape, Counting]
    case 'flatten':
      return [Flatten, Colours, Counting]
    case 'correlation_histogram_1d':
      return [XBins, PerTime, Curve, YScale]
    case 'correlation_histogram_2d':
      return [XBins, YBins, PerTime, Colours]
    case 'vlines':
    case 'hlines':
    case 'rectangles':
      return [Places]
    default:
      // A plot that only upstream's dashboard knows: what every picture and curve has.
      return [Colours, Curve]
  }
}

function choicesOf<T extends string>(texts: Readonly<Record<T, string>>): readonly (readonly [T, string])[] {
  return (Object.keys(texts) as T[]).map((value) => [value, texts[value]] as const)
}

function Curve({ settings, set }: FieldProps): ReactElement {
  return (
    <>
      <SettingChoice
        label={t.plots.curve}
        value={settings.curve}
        choices={choicesOf(t.plots.curves)}
        onChange={(value) => set('curve', value)}
      />
      <SettingChoice
        label={t.plots.errors}
        value={settings.errors}
        choices={choicesOf(t.plots.errorStyles)}
        onChange={(value) => set('errors', value)}
      />
    </>
  )
}

function XScale({ settings, set }: FieldProps): ReactElement {
  return (
    <SettingChoice
      label={t.plots.xScale}
      value={settings.xScale}
      choices={choicesOf(t.plots.scales)}
      onChange={(value) => set('xScale', value)}
    />
  )
}

function YScale({ settings, set }: FieldProps): ReactElement {
  return (
    <SettingChoice
      label={t.plots.yScale}
      value={settings.yScale}
      choices={choicesOf(t.plots.scales)}
      onChange={(value) => set('yScale', value)}
    />
  )
}

function Colours({ settings, set }: FieldProps): ReactElement {
  return (
    <>
      <SettingChoice
        label={t.plots.colourScale}
        value={settings.colourScale}
        choices={choicesOf(t.plots.scales)}
        onChange={(value) => set('colourScale', value)}
      />
      <SettingChoice
        label={t.plots.colourMap}
        value={settings.colourMap}
        choices={colourMapNames.map((name) => [name, name] as const)}
        onChange={(value) => set('colourMap', value)}
      />
      <SettingNumber
        label={t.plots.low}
        help={t.plots.follow}
        value={settings.low}
        onChange={(value) => set('low', value)}
      />
      <SettingNumber
        label={t.plots.high}
        help={t.plots.follow}
        value={settings.high}
        onChange={(value) => set('high', value)}
      />
    </>
  )
}

function Shape({ settings, set }: FieldProps): ReactElement {
  return (
    <SettingChoice
      label={t.plots.aspect}
      value={settings.aspect}
      choices={choicesOf(t.plots.aspects)}
      onChange={(value) => set('aspect', value)}
    />
  )
}

function Counting({ settings, set }: FieldProps): ReactElement {
  return (
    <>
      <SettingChoice
        label={t.plots.window}
        value={settings.window}
        choices={choicesOf(t.plots.windows)}
        onChange={(value) => set('window', value)}
      />
      {settings.window === 'window' ? (
        <>
          <SettingNumber
            label={t.plots.windowSeconds}
            value={settings.windowSeconds}
            onChange={(value) => set('windowSeconds', value ?? 0)}
          />
          <SettingChoice
            label={t.plots.aggregation}
            value={settings.aggregation}
            choices={choicesOf(t.plots.aggregations)}
            onChange={(value) => set('aggregation', value)}
          />
        </>
      ) : null}
      <SettingFlag
        label={t.plots.isRate}
        value={settings.isRate}
        onChange={(value) => set('isRate', value)}
      />
    </>
  )
}

function Slicer({ settings, set }: FieldProps): ReactElement {
  return (
    <>
      <SettingChoice
        label={t.plots.sliceMode}
        value={settings.sliceMode}
        choices={choicesOf(t.plots.sliceModes)}
        onChange={(value) => set('sliceMode', value)}
      />
      <SettingList
        label={t.plots.dimension}
        help={t.plots.firstDimension}
        value={settings.dimension}
        onChange={(value) => set('dimension', value)}
      />
    </>
  )
}

function Flatten({ settings, set }: FieldProps): ReactElement {
  return (
    <>
      <SettingList
        label={t.plots.xDimensions}
        value={settings.xDimensions}
        onChange={(value) => set('xDimensions', value)}
      />
      <SettingFlag
        label={t.plots.isReversed}
        value={settings.isReversed}
        onChange={(value) => set('isReversed', value)}
      />
      <SettingFlag
        label={t.plots.isTransposed}
        value={settings.isTransposed}
        onChange={(value) => set('isTransposed', value)}
      />
    </>
  )
}

function XBins({ settings, set }: FieldProps): ReactElement {
  return (
    <SettingNumber
      label={t.plots.xBins}
      help={t.plots.binsHelp}
      value={settings.xBins}
      onChange={(value) => set('xBins', value ?? 0)}
    />
  )
}

function YBins({ settings, set }: FieldProps): ReactElement {
  return (
    <SettingNumber
      label={t.plots.yBins}
      help={t.plots.binsHelp}
      value={settings.yBins}
      onChange={(value) => set('yBins', value ?? 0)}
    />
  )
}

function PerTime({ settings, set }: FieldProps): ReactElement {
  return (
    <SettingFlag
      label={t.plots.isPerTime}
      value={settings.isPerTime}
      onChange={(value) => set('isPerTime', value)}
    />
  )
}

function Bars({ settings, set }: FieldProps): ReactElement {
  return (
    <SettingFlag
      label={t.plots.isHorizontal}
      value={settings.isHorizontal}
      onChange={(value) => set('isHorizontal', value)}
    />
  )
}

function Numbers({ settings, set }: FieldProps): ReactElement {
  return (
    <>
      <SettingChoice
        label={t.plots.notation}
        value={settings.notation}
        choices={choicesOf(t.plots.notations)}
        onChange={(value) => set('notation', value)}
      />
      <SettingNumber
        label={t.plots.precision}
        value={settings.precision}
        onChange={(value) => set('precision', value)}
      />
    </>
  )
}

function Places({ settings, set }: FieldProps): ReactElement {
  return (
    <SettingList
      label={t.plots.places}
      help={t.plots.placesHelp}
      value={settings.places.join(', ')}
      onChange={(value) => set('places', value.split(',').map(Number).filter(Number.isFinite))}
    />
  )
}
