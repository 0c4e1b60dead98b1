import type { KeptMask, MaskInUse, MasksAnswer } from '@beamtime/http-gateway/ui-types'
import { IconDownload, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { useControlRoom, useScope } from '../../app/use-control-room.ts'
import type { MaskEdit } from '../../image/mask-edit.ts'
import { errorText } from '../../net/http-client.ts'
import { Button } from '../../parts/button.tsx'
import { HoldButton } from '../../parts/hold-button.tsx'
import { saveFile } from '../../parts/save-file.ts'
import { StateChip } from '../../parts/state-chip.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { formatCount } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { isChanged, loadMask, maskPath, type MaskPlace } from './mask-store.ts'

/** Others keep masks, too. */
const everyMs = 10_000
const nobody: MaskInUse = { name: '', pixels: 0, version: 0 }

/** The masks that the detector keeps, and which of them it uses. */
export function KeptMasks({
  place,
  edit,
}: {
  readonly place: MaskPlace
  readonly edit: MaskEdit
}): ReactElement {
  const { id, http, store, version } = place
  const { notices } = useControlRoom()
  const reason = useScope('write:config') ? null : t.common.noScope('write:config')
  const found = useQuery({
    queryKey: ['detector-masks', id, version],
    queryFn: ({ signal }) => http.get<MasksAnswer>(`/detectors/${encodeURIComponent(id)}/masks`, signal),
    refetchInterval: everyMs,
  })
  const isKnown = useStore(store, (mask) => mask.version === version)
  // Without changes the mask that another client applied is loaded by itself.
  const hasChanges = useStore(store, isChanged)
  const [error, setError] = useState<string | null>(null)
  const { masks = [], inUse = nobody } = found.data ?? {}
  const act = async (work: () => Promise<unknown>): Promise<void> => {
    setError(null)
    try {
      await work()
    } catch (failure) {
      setError(errorText(failure))
      notices.add({ state: 'bad', text: errorText(failure) })
    }
    await found.refetch()
  }
  const apply = (name: string | null): void =>
    void act(async () => {
      const applied = await http.post<MaskInUse>(maskPath(id, {}, '/apply'), { name })
      store.setState({ version: applied.version })
    })
  return (
    <div className="mask-block">
      <h3 className="files-head">{t.masks.kept}</h3>
      {masks.length === 0 ? <p className="small muted">{t.masks.noneKept}</p> : null}
      <ul className="kept-masks">
        {masks.map((mask) => (
          <li key={mask.name}>
            <KeptMaskRow
              mask={mask}
              isInUse={mask.name === inUse.name}
              fits={mask.width === edit.size.width && mask.height === edit.size.height}
              reason={reason}
              onLoad={() => void loadMask(place, mask.name)}
              onSave={() =>
                void act(async () =>
                  saveFile(
                    `${id}-${mask.name}.h5`,
                    new Blob([await http.bytes(maskPath(id, { name: mask.name, format: 'h5' }))]),
                  ),
                )
              }
              onRemove={() => void act(() => http.remove(maskPath(id, { name: mask.name })))}
            />
          </li>
        ))}
      </ul>
      <SaveAndApply place={place} edit={edit} masks={masks} inUse={inUse} act={act} apply={apply} />
      {error === null ? null : (
        <div className="field-error" role="alert">
          {error}
        </div>
      )}
      {isKnown || !hasChanges ? null : (
        <div className="mask-row small">
          <span className="warned">{t.masks.changedElsewhere}</span>
          <Button isCompact label={t.masks.loadInUse} onPress={() => void loadMask(place, '')} />
        </div>
      )}
    </div>
  )
}

function KeptMaskRow(props: {
  readonly mask: KeptMask
  readonly isInUse: boolean
  readonly fits: boolean
  readonly reason: string | null
  readonly onLoad: () => void
  readonly onSave: () => void
  readonly onRemove: () => void
}): ReactElement {
  const { mask, isInUse, fits, reason } = props
  return (
    <>
      <span className="ellipsis">{mask.name}</span>
      {isInUse ? <StateChip state="good" word={t.masks.inUse} /> : null}
      <span className="grow" />
      <span className="num muted nowrap">{`${formatCount(mask.pixels)}\u00a0px`}</span>
      <Button
        isCompact
        label={t.masks.load}
        aria-label={`${t.masks.load} ${mask.name}`}
        disabledReason={fits ? null : t.masks.otherSize(mask.width, mask.height)}
        onPress={props.onLoad}
      />
      <Button
        isCompact
        isIconOnly
        kind="quiet"
        label={t.masks.download}
        aria-label={`${t.masks.download}: ${mask.name}`}
        icon={<IconDownload size={14} stroke={1.75} aria-hidden />}
        onPress={props.onSave}
      />
      <Button
        isCompact
        isIconOnly
        kind="quiet"
        label={t.masks.remove}
        aria-label={`${t.masks.remove} ${mask.name}`}
        disabledReason={reason}
        icon={<IconX size={14} stroke={1.75} aria-hidden />}
        onPress={props.onRemove}
      />
    </>
  )
}

interface SaveAndApplyProps {
  readonly place: MaskPlace
  readonly edit: MaskEdit
  readonly masks: readonly KeptMask[]
  readonly inUse: MaskInUse
  readonly act: (work: () => Promise<unknown>) => Promise<void>
  readonly apply: (name: string | null) => void
}

function SaveAndApply({ place, edit, masks, inUse, act, apply }: SaveAndApplyProps): ReactElement {
  const { id, http, store } = place
  const right = useScope('write:config') ? null : t.common.noScope('write:config')
  const saved = useStore(store, (mask) => mask.name) || inUse.name
  const hasChanges = useStore(store, isChanged)
  const [typed, setTyped] = useState<string | null>(null)
  const name = (typed ?? saved).trim()
  const isThere = masks.some((mask) => mask.name === name)
  const save = async (): Promise<void> => {
    const { revision } = store.getState()
    const query = { name, ...(isThere ? { replace: '1' } : {}) }
    await http.postBytes<KeptMask>(maskPath(id, query), edit.bytes)
    store.setState({ name, savedRevision: revision })
    setTyped(null)
  }
  return (
    <div className="mask-row mask-save">
      <TextField
        label={t.masks.name}
        value={typed ?? saved}
        maxLength={64}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Button
        kind="primary"
        label={isThere ? t.masks.replace : t.masks.save}
        disabledReason={right ?? (name === '' ? t.masks.needsName : null)}
        onPress={() => void act(save)}
      />
      <HoldButton
        label={t.masks.apply}
        hint={t.masks.applyHint}
        disabledReason={right ?? (saved === '' || hasChanges || !isThere ? t.masks.saveFirst : null)}
        onHold={() => apply(saved)}
      />
      {inUse.name === '' ? null : (
        <HoldButton label={t.masks.configured} disabledReason={right} onHold={() => apply(null)} />
      )}
    </div>
  )
}
