import type { LiveChannelState, LiveNicosDevice, LiveWorkflow } from '@beamtime/http-gateway/ui-types'
import { Modal } from '@mantine/core'
import type { ReactElement } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { Button } from '../../parts/button.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { t } from '../../text/text.ts'
import { ActionDialog } from '../streams/topic-dialogs.tsx'

/** Whether a person is asked before instrument control is disturbed. Never kept: a page that is loaded anew asks. */
const asking = createStore<{ readonly isOn: boolean }>(() => ({ isOn: true }))

export function useIsAsking(): boolean {
  return useStore(asking, ({ isOn }) => isOn)
}

/** Devices of instrument control that read what runs now. */
export function devicesFed(workflow: LiveWorkflow, state: LiveChannelState): readonly LiveNicosDevice[] {
  const running = new Set(
    state.jobs
      .filter((job) => job.workflow === workflow.id && job.state !== 'stopped')
      .map(({ source }) => source),
  )
  return workflow.nicosDevices.filter(({ source }) => running.has(source))
}

export function AskSwitch(): ReactElement {
  const isOn = useIsAsking()
  return (
    <label className="check-label" title={t.grids.askHelp}>
      <input
        type="checkbox"
        className="toggle"
        role="switch"
        checked={isOn}
        onChange={(event) => asking.setState({ isOn: event.currentTarget.checked })}
      />
      {t.grids.ask}
    </label>
  )
}

/** What instrument control reads, in a sentence. */
export function FedDevices({ devices }: { readonly devices: readonly LiveNicosDevice[] }): ReactElement {
  return (
    <>
      <p className="small">{t.grids.fed(devices.length)}</p>
      <ul className="fed-devices mono small">
        {devices.slice(0, 12).map(({ name }) => (
          <li key={name}>{name}</li>
        ))}
        {devices.length > 12 ? <li>{t.grids.andMore(devices.length - 12)}</li> : null}
      </ul>
    </>
  )
}

export interface ControlQuestionProps {
  readonly kind: 'stop' | 'reset'
  readonly title: string
  readonly devices: readonly LiveNicosDevice[]
  readonly onAct: () => Promise<void>
  readonly onClose: () => void
}

/** Asked before results go that instrument control reads. */
export function ControlQuestion({
  kind,
  title,
  devices,
  onAct,
  onClose,
}: ControlQuestionProps): ReactElement {
  return (
    <ActionDialog
      title={kind === 'stop' ? t.grids.stopQuestion(title) : t.grids.resetQuestion(title)}
      action={kind === 'stop' ? t.data.stop : t.data.reset}
      isDanger
      onClose={onClose}
      onAct={onAct}
    >
      <FedDevices devices={devices} />
      <AskSwitch />
    </ActionDialog>
  )
}

/** Every output that the contract promises to instrument control, and whether it comes now. */
export function NicosDialog({
  state,
  onClose,
}: {
  readonly state: LiveChannelState
  readonly onClose: () => void
}): ReactElement {
  return (
    <Modal
      opened
      title={t.grids.nicosDevices}
      size="xl"
      closeButtonProps={{ 'aria-label': t.common.close }}
      centered
      onClose={onClose}
    >
      <div className="nicos-devices">
        <table className="plain-table">
          <thead>
            <tr>
              {[
                t.grids.device,
                t.grids.workflow,
                t.grids.source,
                t.data.chooseOutput,
                t.data.columns.state,
              ].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {state.workflows.flatMap((workflow) => {
              const fed = devicesFed(workflow, state)
              return workflow.nicosDevices.map((device) => (
                <tr key={device.name}>
                  <td className="mono">{device.name}</td>
                  <td>{workflow.title}</td>
                  <td>{device.source}</td>
                  <td>
                    {workflow.outputs.find(({ name }) => name === device.output)?.title ?? device.output}
                  </td>
                  <td>
                    {fed.includes(device) ? (
                      <StateChip state="good" word={t.grids.runs} />
                    ) : (
                      <StateChip state="off" word={t.data.idle} />
                    )}
                  </td>
                </tr>
              ))
            })}
          </tbody>
        </table>
      </div>
      <div className="dialog-foot">
        <AskSwitch />
        <span className="grow" />
        <Button label={t.common.close} onPress={onClose} />
      </div>
    </Modal>
  )
}
