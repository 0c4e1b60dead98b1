import { Menu, Modal } from '@mantine/core'
import { IconCheck, IconChevronDown, IconDownload } from '@tabler/icons-react'
import { useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import type { LiveSearch } from '../app/router.tsx'
import { Button } from '../parts/button.tsx'
import { saveFile } from '../parts/save-file.ts'
import { TextField } from '../parts/text-field.tsx'
import { parseFormula } from '../plot/formula.ts'
import type { LiveRunStore } from '../stores/live-run-store.ts'
import { t } from '../text/text.ts'
import { curveOf, type FitChoice, signalsOf, primaryChoice } from './run-plots.ts'
import { useEarlierRuns } from './use-overlay-run.ts'

export interface ToolMenuProps {
  readonly name: string
  readonly value: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string) => void
}

/** `overlay: last ▾` */
export function ToolMenu({ name, value, options, onChange }: ToolMenuProps): ReactElement {
  const chosen = options.find((option) => option.value === value)
  return (
    <Menu width={200}>
      <Menu.Target>
        <Button
          isCompact
          label={`${name}: ${chosen?.label ?? value}`}
          trailing={<IconChevronDown size={12} aria-hidden />}
        />
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        {options.map((option) => (
          <Menu.Item
            key={option.value}
            rightSection={option.value === value ? <IconCheck size={14} aria-hidden /> : undefined}
            onClick={() => onChange(option.value)}
          >
            {option.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

const fitShapes = ['gaussian', 'lorentzian'] as const

export function fitOf(search: LiveSearch): FitChoice {
  if (search.fit === 'off') return null
  return fitShapes.find((shape) => shape === search.fit) ?? 'auto'
}

export interface PlotToolsProps {
  readonly run: LiveRunStore
  readonly signal: string
  readonly search: LiveSearch
  readonly onSearch: (change: Partial<LiveSearch>) => void
}

/** Normalisation, overlay, mathematics, fit and download of the main plot. */
export function PlotTools({ run, signal, search, onSearch }: PlotToolsProps): ReactElement {
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices))
  const earlier = useEarlierRuns(run)
  const [isFormula, setFormula] = useState(false)
  const math = search.math ?? 'none'
  const mathOptions = [
    { value: 'none', label: t.live.mathNone },
    { value: 'derivative', label: t.live.mathDerivative },
    { value: 'cumulative', label: t.live.mathCumulative },
    { value: 'mean', label: t.live.mathMean },
    ...(math.startsWith('=') ? [{ value: math, label: math.slice(1) }] : []),
    { value: 'formula', label: `${t.live.mathFormula} …` },
  ]
  return (
    <>
      <ToolMenu
        name={t.live.norm}
        value={search.norm ?? 'off'}
        options={[
          { value: 'off', label: t.live.off },
          ...signalsOf(choice)
            .filter((name) => name !== signal)
            .map((value) => ({ value, label: value })),
        ]}
        onChange={(value) => onSearch({ norm: value === 'off' ? undefined : value })}
      />
      <ToolMenu
        name={t.live.overlay}
        value={search.over ?? 'last'}
        options={[
          { value: 'last', label: t.live.overlayLast },
          { value: 'none', label: t.live.overlayNone },
          ...earlier.map((other) => ({
            value: other.uid,
            label: t.live.overlayRun([other.scan_id, other.title ?? other.sample ?? ''].join(' ').trim()),
          })),
        ]}
        onChange={(value) => onSearch({ over: value === 'last' ? undefined : value })}
      />
      <ToolMenu
        name={t.live.math}
        value={math}
        options={mathOptions}
        onChange={(value) =>
          value === 'formula' ? setFormula(true) : onSearch({ math: value === 'none' ? undefined : value })
        }
      />
      <ToolMenu
        name={t.live.fit}
        value={search.fit ?? 'auto'}
        options={[
          { value: 'auto', label: t.live.fitAuto },
          { value: 'gaussian', label: t.live.fitGaussian },
          { value: 'lorentzian', label: t.live.fitLorentzian },
          { value: 'off', label: t.live.fitNone },
        ]}
        onChange={(value) => onSearch({ fit: value === 'auto' ? undefined : value })}
      />
      <Button
        kind="quiet"
        isCompact
        isIconOnly
        label={t.common.download}
        icon={<IconDownload size={16} stroke={1.75} aria-hidden />}
        onPress={() => saveCurve(run, signal, search)}
      />
      {isFormula ? (
        <FormulaDialog
          start={math.startsWith('=') ? math.slice(1) : signal}
          onClose={() => setFormula(false)}
          onApply={(text) => onSearch({ math: `=${text}` })}
        />
      ) : null}
    </>
  )
}

function saveCurve(run: LiveRunStore, signal: string, search: LiveSearch): void {
  const curve = curveOf(run, signal, search)
  const { snap } = run.store.getState()
  if (curve === null || snap === null) return
  const rows = Array.from(curve.x, (x, i) => `${x},${curve.y[i] ?? ''}`)
  saveFile(`${snap.summary.scan_id ?? 'run'}-${signal}.csv`, [`x,${signal}`, ...rows].join('\n'), 'text/csv')
}

function FormulaDialog({
  start,
  onClose,
  onApply,
}: {
  start: string
  onClose: () => void
  onApply: (text: string) => void
}): ReactElement {
  const [text, setText] = useState(start)
  const parsed = parseFormula(text)
  return (
    <Modal opened onClose={onClose} title={t.live.mathFormula} size={420}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!parsed.ok) return
          onApply(text.trim())
          onClose()
        }}
      >
        <TextField
          label={t.live.mathFormula}
          value={text}
          autoFocus
          spellCheck={false}
          help={t.live.formulaHelp}
          onChange={(event) => setText(event.target.value)}
          {...(parsed.ok ? {} : { error: t.live.formulaBad(parsed.text) })}
        />
        <div className="dialog-actions">
          <Button label={t.common.cancel} onPress={onClose} />
          <Button type="submit" kind="primary" label={t.queue.form.apply} />
        </div>
      </form>
    </Modal>
  )
}
