import { Menu } from '@mantine/core'
import { IconChevronDown, IconPlayerPause, IconPlayerPlay, IconSquare } from '@tabler/icons-react'
import { useState, type ReactElement } from 'react'
import { useEndPlan, useQueueAction } from '../../app/queue-actions.ts'
import { useStatus } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { HoldButton } from '../../parts/hold-button.tsx'
import { t } from '../../text/text.ts'

const icon = { size: 16, stroke: 1.75, 'aria-hidden': true } as const

/** Start, stop, pause, resume; what ends a plan is held. Each says why it cannot be pressed. */
export function QueueControls(): ReactElement {
  return (
    <div className="page-bar queue-controls" role="toolbar" aria-label={t.queue.controls}>
      <StartButton />
      <StopAfterButton />
      <PauseButton />
      <ResumeButton />
      <span className="divider" />
      <EndPlanButton />
      <span className="grow" />
      <EnvironmentControls />
    </div>
  )
}

export function StartButton(): ReactElement {
  const start = useQueueAction('start')
  return (
    <Button
      kind={start.disabledReason === null ? 'primary' : 'plain'}
      label={t.queue.start}
      icon={<IconPlayerPlay {...icon} />}
      disabledReason={start.disabledReason}
      isBusy={start.isBusy}
      onPress={() => void start.run()}
    />
  )
}

export function StopAfterButton({ isShort = false }: { isShort?: boolean }): ReactElement {
  const stop = useQueueAction('stopAfter')
  const cancel = useQueueAction('cancelStop')
  const isPending = useStatus((status) => status?.queue_stop_pending === true)
  const action = isPending ? cancel : stop
  return (
    <Button
      label={isPending ? t.queue.cancelStop : isShort ? t.queue.stopAfterShort : t.queue.stopAfter}
      icon={<IconSquare {...icon} />}
      disabledReason={action.disabledReason}
      isBusy={action.isBusy}
      className={isPending ? 'on' : ''}
      onPress={() => void action.run()}
    />
  )
}

/** First press waits for the next checkpoint; while it waits, the second press pauses at once. */
export function PauseButton(): ReactElement {
  const pause = useQueueAction('pause')
  const now = useQueueAction('pauseNow')
  const isPending = useStatus((status) => status?.pause_pending === true)
  const action = isPending ? now : pause
  return (
    <Button
      label={isPending ? t.queue.pauseNow : t.queue.pause}
      icon={<IconPlayerPause {...icon} />}
      disabledReason={action.disabledReason}
      isBusy={action.isBusy}
      onPress={() => void action.run()}
    />
  )
}

export function ResumeButton(): ReactElement {
  const resume = useQueueAction('resume')
  return (
    <Button
      kind={resume.disabledReason === null ? 'primary' : 'plain'}
      label={t.queue.resume}
      icon={<IconPlayerPlay {...icon} />}
      disabledReason={resume.disabledReason}
      isBusy={resume.isBusy}
      onPress={() => void resume.run()}
    />
  )
}

type Ending = 'stop' | 'abort' | 'halt'
const holdLabels: Readonly<Record<Ending, string>> = {
  stop: t.queue.holdStop,
  abort: t.queue.holdAbort,
  halt: t.queue.holdHalt,
}
const helps: Readonly<Record<Ending, string>> = {
  stop: t.queue.endings.stopHelp,
  abort: t.queue.endings.abortHelp,
  halt: t.queue.endings.haltHelp,
}

export function EndPlanButton(): ReactElement {
  const [ending, setEnding] = useState<Ending>('stop')
  const action = useQueueAction(ending)
  const end = useEndPlan()
  return (
    <span className="button-split">
      <HoldButton
        label={holdLabels[ending]}
        hint={helps[ending]}
        isDanger={action.disabledReason === null}
        disabledReason={action.disabledReason}
        onHold={() => void end(ending)}
      />
      <Menu width={300}>
        <Menu.Target>
          <Button
            label={t.queue.chooseEnding}
            kind={action.disabledReason === null ? 'danger' : 'plain'}
            isIconOnly
            icon={<IconChevronDown size={14} aria-hidden />}
          />
        </Menu.Target>
        <Menu.Dropdown>
          {(['stop', 'abort', 'halt'] as const).map((choice) => (
            <Menu.Item key={choice} onClick={() => setEnding(choice)}>
              <div>{t.queue.endings[choice]}</div>
              <div className="small muted">{helps[choice]}</div>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </span>
  )
}

export function EnvironmentControls(): ReactElement {
  const open = useQueueAction('open')
  const close = useQueueAction('close')
  const update = useQueueAction('update')
  const destroy = useQueueAction('destroy')
  const isOpening = useStatus((status) => status?.manager_state === 'creating_environment')
  return (
    <div className="environment-controls" role="group" aria-label={t.queue.environment}>
      <span className="small muted">{t.queue.environment}</span>
      <Button
        kind={open.disabledReason === null ? 'primary' : 'plain'}
        label={t.queue.open}
        disabledReason={open.disabledReason}
        isBusy={open.isBusy || isOpening}
        onPress={() => void open.run()}
      />
      <Button
        label={t.queue.close}
        disabledReason={close.disabledReason}
        isBusy={close.isBusy}
        onPress={() => void close.run()}
      />
      <Button
        label={t.queue.update}
        hint={t.queue.updateHelp}
        disabledReason={update.disabledReason}
        isBusy={update.isBusy}
        onPress={() => void update.run()}
      />
      <HoldButton
        label={t.queue.destroy}
        hint={t.queue.destroyHelp}
        disabledReason={destroy.disabledReason}
        onHold={() => void destroy.run()}
      />
    </div>
  )
}
