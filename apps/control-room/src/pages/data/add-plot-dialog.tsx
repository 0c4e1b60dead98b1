import type { LiveChannelState, LiveGrid } from '@beamtime/http-gateway/ui-types'
import { useState, type ReactElement } from 'react'
import { TextField } from '../../parts/text-field.tsx'
import { t } from '../../text/text.ts'
import { ActionDialog } from '../streams/topic-dialogs.tsx'
import { choicesFor, withPlot, type OutputChoice, type PlotTarget } from './add-plot.ts'
import { axesOf, plotTypesFor, type PlotType } from './plots/plot-types.ts'

export interface AddPlotDialogProps {
  readonly state: LiveChannelState
  readonly grid: LiveGrid
  readonly target: PlotTarget
  readonly onGrid: (grid: LiveGrid) => Promise<void>
  readonly onClose: () => void
}

type Role = 'x_axis' | 'y_axis'

const mostShown = 200

/** One dialog with a search for what a cell shows, and as which plot. */
export function AddPlotDialog({ state, grid, target, onGrid, onClose }: AddPlotDialogProps): ReactElement {
  const [filter, setFilter] = useState('')
  const [chosen, setChosen] = useState(0)
  const [plot, setPlot] = useState<PlotType | null>(null)
  const [axes, setAxes] = useState<Readonly<Partial<Record<Role, OutputChoice>>>>({})
  const choices = choicesFor(state, target)
  const words = filter.toLowerCase().split(/\s+/)
  const shown = choices.filter((choice) => words.every((word) => nameOf(choice).toLowerCase().includes(word)))
  const choice = shown[chosen]
  const types = choice === undefined || target.kind === 'layer' ? [] : plotTypesFor(choice.output)
  const type = types.find((one) => one === plot) ?? types[0]
  const roles = type === undefined ? [] : axesOf(type)
  const isMissing = choice === undefined || roles.some((role) => axes[role] === undefined)
  const title = target.kind === 'layer' ? t.data.addLayer : t.data.addCell
  const restart = (): void => setChosen(0)
  return (
    <ActionDialog
      title={title}
      action={title}
      size="lg"
      disabledReason={isMissing ? t.data.chooseOutput : null}
      onClose={onClose}
      onAct={async () => {
        if (choice === undefined) return
        await onGrid(withPlot(grid, target, { ...choice, axes, ...(type === undefined ? {} : { type }) }))
      }}
    >
      <TextField
        label={t.grids.search}
        value={filter}
        data-autofocus
        onChange={(event) => {
          setFilter(event.currentTarget.value)
          restart()
        }}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
          event.preventDefault()
          const next = chosen + (event.key === 'ArrowDown' ? 1 : -1)
          setChosen(Math.max(0, Math.min(Math.min(shown.length, mostShown) - 1, next)))
        }}
      />
      <select
        className="select output-choice"
        size={8}
        aria-label={t.data.outputs}
        value={String(chosen)}
        onChange={(event) => setChosen(Number(event.currentTarget.value))}
      >
        {shown.slice(0, mostShown).map((one, index) => (
          <option key={keyOf(one)} value={String(index)}>
            {nameOf(one)}
          </option>
        ))}
      </select>
      {shown.length === 0 ? <p className="small muted">{t.grids.nothingFound}</p> : null}
      {types.length < 2 || type === undefined ? null : (
        <label className="enum-field">
          <span className="field-label">{t.plots.type}</span>
          <select
            className="select"
            value={type}
            onChange={(event) => setPlot(types.find((one) => one === event.currentTarget.value) ?? null)}
          >
            {types.map((one) => (
              <option key={one} value={one}>
                {t.plots.types[one]}
              </option>
            ))}
          </select>
        </label>
      )}
      {roles.map((role) => (
        <AxisChoice
          key={role}
          role={role}
          choices={choices.filter(({ output }) => output.ndim === 0)}
          value={axes[role]}
          onChange={(value) => setAxes({ ...axes, [role]: value })}
        />
      ))}
    </ActionDialog>
  )
}

function AxisChoice({
  role,
  choices,
  value,
  onChange,
}: {
  readonly role: Role
  readonly choices: readonly OutputChoice[]
  readonly value: OutputChoice | undefined
  readonly onChange: (choice: OutputChoice | undefined) => void
}): ReactElement {
  return (
    <label className="enum-field">
      <span className="field-label">{t.grids.axis[role]}</span>
      <select
        className="select"
        value={value === undefined ? '' : keyOf(value)}
        onChange={(event) => onChange(choices.find((one) => keyOf(one) === event.currentTarget.value))}
      >
        <option value="" />
        {choices.map((one) => (
          <option key={keyOf(one)} value={keyOf(one)}>
            {nameOf(one)}
          </option>
        ))}
      </select>
    </label>
  )
}

function nameOf({ workflow, sources, output }: OutputChoice): string {
  return `${sources.join(', ')} · ${workflow.title} · ${output.title}`
}

function keyOf({ workflow, sources, output }: OutputChoice): string {
  return `${workflow.id}/${sources.join(',')}/${output.name}`
}
