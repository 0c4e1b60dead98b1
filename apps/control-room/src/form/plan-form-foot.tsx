import { Menu } from '@mantine/core'
import { IconBraces, IconChevronDown } from '@tabler/icons-react'
import { useState, type ReactElement } from 'react'
import { useConnection, useScope, useStatus } from '../app/use-control-room.ts'
import { Button } from '../parts/button.tsx'
import { StateChip } from '../parts/state-chip.tsx'
import { formatCount } from '../text/format-number.ts'
import { formatEstimate } from '../text/format-time.ts'
import { t } from '../text/text.ts'
import type { CheckState } from './use-plan-check.ts'

export type PlaceName = 'back' | 'front' | 'after'

export interface PlanFormFootProps {
  readonly check: CheckState
  readonly isTouched: boolean
  readonly isEdit: boolean
  readonly hasSelected: boolean
  readonly isJson: boolean
  readonly onJson: () => void
  readonly onAdd: (place: PlaceName) => Promise<void>
  readonly onSave: () => Promise<void>
  readonly onRun: () => Promise<void>
}

/** Verdict and size of the plan, and where it goes. */
export function PlanFormFoot(props: PlanFormFootProps): ReactElement {
  const { check, isTouched, isEdit, isJson, onJson } = props
  const [place, setPlace] = useState<PlaceName>('back')
  const [isBusy, setBusy] = useState(false)
  const reason = useAddReason(check, isTouched)
  const run = async (act: () => Promise<void>): Promise<void> => {
    setBusy(true)
    try {
      await act()
    } finally {
      setBusy(false)
    }
  }
  return (
    <footer className="plan-form-foot">
      {check.refusal === '' || !isTouched ? null : (
        <pre className="form-refusal" role="alert">
          {check.refusal}
        </pre>
      )}
      {check.warnings.map((warning) => (
        <div key={warning} className="form-warning">
          <StateChip state="attention" word={warning} />
        </div>
      ))}
      <div className="form-verdict">
        <Verdict check={check} isTouched={isTouched} />
        <span className="grow" />
        <Size check={check} />
      </div>
      <div className="form-actions">
        {isEdit ? (
          <Button
            kind="primary"
            className="grow"
            label={t.queue.form.save}
            disabledReason={reason}
            isBusy={isBusy}
            onPress={() => void run(props.onSave)}
          />
        ) : (
          <AddButton
            place={place}
            onPlace={setPlace}
            hasSelected={props.hasSelected}
            reason={reason}
            isBusy={isBusy}
            onAdd={() => void run(() => props.onAdd(place))}
          />
        )}
        {isEdit ? null : <RunNow reason={reason} isBusy={isBusy} onRun={() => void run(props.onRun)} />}
        <Button
          isIconOnly
          label={t.queue.form.json}
          icon={<IconBraces size={16} aria-hidden />}
          isOn={isJson}
          onPress={onJson}
        />
      </div>
    </footer>
  )
}

function useAddReason(check: CheckState, isTouched: boolean): string | null {
  const isConnected = useConnection((connection) => connection.state === 'open')
  const mayEdit = useScope('write:queue:edit')
  const wrong = Object.keys(check.errors).length
  if (!isConnected) return t.common.notConnected
  if (!mayEdit) return t.common.noScope('write:queue:edit')
  if (wrong > 0) return t.queue.form.fieldsToCorrect(wrong)
  if (check.isChecking) return null
  return check.isOk || !isTouched ? null : check.refusal || t.queue.form.fieldsToCorrect(1)
}

function Verdict({ check, isTouched }: { check: CheckState; isTouched: boolean }): ReactElement | null {
  const wrong = Object.keys(check.errors).length
  if (!isTouched && wrong > 0) return null
  if (wrong > 0) return <StateChip state="bad" word={t.queue.form.fieldsToCorrect(wrong)} />
  if (check.isOk) return <StateChip state="good" word={t.queue.form.valid} />
  return check.isChecking ? <StateChip state="busy" word={t.queue.form.checking} /> : null
}

function Size({ check }: { check: CheckState }): ReactElement | null {
  const parts = [
    check.points === undefined ? '' : t.queue.points(formatCount(check.points)),
    check.seconds === undefined ? '' : formatEstimate(check.seconds),
  ].filter((part) => part !== '')
  return <span className="num muted">{parts.join(' · ')}</span>
}

interface AddButtonProps {
  readonly place: PlaceName
  readonly onPlace: (place: PlaceName) => void
  readonly hasSelected: boolean
  readonly reason: string | null
  readonly isBusy: boolean
  readonly onAdd: () => void
}

function AddButton({ place, onPlace, hasSelected, reason, isBusy, onAdd }: AddButtonProps): ReactElement {
  const shown = place === 'after' && !hasSelected ? 'back' : place
  const kind = reason === null ? 'primary' : 'plain'
  return (
    <span className="button-split grow">
      <Button
        kind={kind}
        className="grow"
        label={t.queue.form.addTo[shown]}
        disabledReason={reason}
        isBusy={isBusy}
        onPress={onAdd}
      />
      <Menu width={180}>
        <Menu.Target>
          <Button
            kind={kind}
            isIconOnly
            label={t.queue.form.choosePlace}
            icon={<IconChevronDown size={14} aria-hidden />}
          />
        </Menu.Target>
        <Menu.Dropdown>
          {(['back', 'front', 'after'] as const).map((choice) => (
            <Menu.Item
              key={choice}
              disabled={choice === 'after' && !hasSelected}
              onClick={() => onPlace(choice)}
            >
              {t.queue.form.addTo[choice]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </span>
  )
}

function RunNow({
  reason,
  isBusy,
  onRun,
}: {
  reason: string | null
  isBusy: boolean
  onRun: () => void
}): ReactElement {
  const mayExecute = useScope('write:execute')
  const isOpen = useStatus((status) => status?.worker_environment_exists === true)
  const isIdle = useStatus((status) => status?.manager_state === 'idle')
  const why =
    reason ??
    (mayExecute
      ? isOpen
        ? isIdle
          ? null
          : t.queue.why.running
        : t.queue.why.envClosed
      : t.common.noScope('write:execute'))
  return <Button label={t.queue.form.runNow} disabledReason={why} isBusy={isBusy} onPress={onRun} />
}
