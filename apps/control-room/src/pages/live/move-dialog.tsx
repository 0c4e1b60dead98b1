import { Modal } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState, type ReactElement } from 'react'
import { useReport } from '../../app/queue-actions.ts'
import { useControlRoom, useScope, useStatus } from '../../app/use-control-room.ts'
import { useModels } from '../../app/use-models.ts'
import { parseNumber } from '../../form/field-value.ts'
import { Button } from '../../parts/button.tsx'
import { Facts } from '../../parts/facts.tsx'
import { HoldButton } from '../../parts/hold-button.tsx'
import { Quantity } from '../../parts/quantity.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { t } from '../../text/text.ts'

export interface MoveDialogProps {
  readonly motor: string
  readonly from: number | null
  readonly to: number
  readonly unit: string | undefined
  readonly onClose: () => void
}

/** Says what would move, from where to where; then adds `mv` to the front of the queue or, when idle and held, moves now. */
export function MoveDialog({ motor, from, to, unit, onClose }: MoveDialogProps): ReactElement {
  const { http } = useControlRoom()
  const report = useReport()
  const { device } = useModels()
  const mayQueue = useScope('write:queue:edit')
  const mayExecute = useScope('write:execute')
  const isIdle = useStatus(
    (status) => status?.manager_state === 'idle' && status.worker_environment_exists === true,
  )
  const [text, setText] = useState(String(Number(to.toPrecision(6))))
  const target = parseNumber(text)
  const error = targetError(target, device(motor)?.limits)
  const send = async (path: string, more: Readonly<Record<string, unknown>>, done: string): Promise<void> => {
    try {
      await http.post(path, { item: { item_type: 'plan', name: 'mv', args: [motor, target] }, ...more })
      notifications.show({ message: done, withBorder: true })
      onClose()
    } catch (failure) {
      report(failure)
    }
  }
  const queueReason = error ?? (mayQueue ? null : t.common.noScope('write:queue:edit'))
  const moveReason =
    error ?? (mayExecute ? (isIdle ? null : t.queue.why.running) : t.common.noScope('write:execute'))
  return (
    <Modal opened onClose={onClose} title={t.live.moveTitle(motor)} size={400}>
      <Facts
        list={[
          { name: t.live.moveFrom, value: <Quantity value={from} unit={unit} /> },
          {
            name: t.live.moveBy,
            value: (
              <Quantity value={target === undefined || from === null ? null : target - from} unit={unit} />
            ),
          },
        ]}
      />
      <div style={{ marginTop: 12 }}>
        <TextField
          isNumber
          label={t.live.moveTo}
          value={text}
          onChange={(event) => setText(event.target.value)}
          trailing={<span className="suffix">{unit}</span>}
          {...(error === undefined ? {} : { error })}
        />
      </div>
      <div className="dialog-actions">
        <Button
          label={t.live.moveQueue}
          disabledReason={queueReason}
          onPress={() => void send('/queue/item/add', { pos: 'front' }, t.live.moved(motor))}
        />
        <HoldButton
          label={t.live.moveNow}
          disabledReason={moveReason}
          onHold={() => void send('/queue/item/execute', {}, t.live.moveStarted(motor))}
        />
      </div>
    </Modal>
  )
}

/** Why the motor cannot go there; undefined when it can. */
function targetError(
  target: number | undefined,
  limits: readonly [number, number] | undefined,
): string | undefined {
  if (target === undefined) return t.queue.form.notNumber
  if (limits === undefined) return undefined
  if (target > limits[1]) return t.queue.form.above(String(limits[1]))
  return target < limits[0] ? t.queue.form.below(String(limits[0])) : undefined
}
