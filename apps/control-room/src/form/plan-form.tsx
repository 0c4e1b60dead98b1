import type { FormModel, QueueItem } from '@beamtime/http-gateway/ui-types'
import { IconSearch } from '@tabler/icons-react'
import { useMemo, useState, type ReactElement } from 'react'
import { useForm, useWatch } from 'react-hook-form'
import { useControlRoom, usePref } from '../app/use-control-room.ts'
import { useModels } from '../app/use-models.ts'
import type { AddPlace, NewItem } from './new-item.ts'
import { SideHead } from '../parts/side-head.tsx'
import { isPlainObject } from '../net/merge-patch.ts'
import { Stateful } from '../parts/stateful.tsx'
import { t } from '../text/text.ts'
import { ChoicePicker } from './choice-picker.tsx'
import { firstSentence, PlanFormFields } from './plan-form-fields.tsx'
import { PlanFormFoot } from './plan-form-foot.tsx'
import { draftFrom, emptyForm, formFrom, type PlanFormValues } from './plan-form-values.ts'
import { PlanJson } from './plan-json.tsx'
import { TemplateMenu } from './template-menu.tsx'
import { usePlanCheck } from './use-plan-check.ts'
import './plan-form.css'

/** Leaves are unknown to the form library: the values have their own type, see PlanFormValues. */
export interface RawForm {
  fields: Record<string, unknown>
  rows: Record<string, unknown>[]
  tail: Record<string, unknown>
  extra: { key: string; text: string }[]
  meta: { key: string; text: string }[]
}

/** What the form does with a finished item; see the queue page. */
export interface PlanFormEdits {
  add(item: NewItem, place: AddPlace): Promise<QueueItem | null>
  update(item: NewItem & { readonly item_uid: string }): Promise<boolean>
  execute(item: NewItem): Promise<boolean>
}

export interface PlanFormProps {
  readonly planName: string | undefined
  /** The queued item that is edited; null for a new one. */
  readonly edited: QueueItem | null
  /** An item as JSON text that fills the form, e.g. to repeat a run. */
  readonly template?: string | undefined
  readonly afterUid: string | null
  readonly edits: PlanFormEdits
  readonly onPlan: (name: string) => void
  readonly onDone: (item: QueueItem | null) => void
  readonly onClose: () => void
}

/** Form for one plan, made from its parameters. */
export function PlanForm(props: PlanFormProps): ReactElement {
  const { planName, edited, onPlan, onClose } = props
  const { plans, modelOf, isLoading, error } = useModels()
  const model = planName === undefined ? undefined : modelOf(planName)
  const [filled, fill] = useState<NewItem | null>(() => edited ?? itemFromText(props.template))
  const title = edited === null ? t.queue.form.title : t.queue.form.editTitle
  return (
    <section className="panel side-panel plan-form" aria-label={title}>
      <SideHead title={title} onClose={onClose}>
        <TemplateMenu
          planName={planName}
          onChoose={(item) => {
            fill(item)
            if (item.name !== planName) onPlan(item.name)
          }}
        />
      </SideHead>
      <div className="plan-form-plan">
        <span className="field-label" aria-hidden>
          {t.queue.form.plan}
        </span>
        <ChoicePicker
          label={t.queue.form.plan}
          value={planName ?? ''}
          placeholder={t.queue.form.choosePlan}
          icon={<IconSearch size={14} aria-hidden />}
          choices={plans.map((plan) => ({ value: plan.name, hint: planHint(plan), group: plan.group }))}
          nothing={t.queue.form.noPlans}
          onChange={(name) => {
            fill(null)
            onPlan(name)
          }}
        />
      </div>
      <Stateful
        isLoading={isLoading}
        error={error}
        empty={model === undefined && plans.length === 0 ? t.queue.form.noPlansAllowed : null}
      >
        {model === undefined ? (
          <PlanList plans={plans} onPlan={onPlan} />
        ) : (
          <FormOf
            key={`${model.uid} ${filled === null ? '' : JSON.stringify(filled)}`}
            {...props}
            model={model}
            filled={filled?.name === model.name ? filled : null}
            onFill={fill}
          />
        )}
      </Stateful>
    </section>
  )
}

/** What a plan does in one sentence; its title where it has no description. */
function planHint(plan: FormModel): string {
  const sentence = firstSentence(plan.description)
  return sentence === '' ? plan.title : sentence.replace(/\.$/, '')
}

/** All plans with what they do, to start from. */
function PlanList({
  plans,
  onPlan,
}: {
  plans: readonly FormModel[]
  onPlan: (name: string) => void
}): ReactElement {
  return (
    <ul className="panel-body flush side-scroll plan-list" aria-label={t.queue.form.choosePlan}>
      {plans.map((plan) => (
        <li key={plan.name}>
          <button type="button" onClick={() => onPlan(plan.name)}>
            <span className="strong">{plan.name}</span>
            <span className="small muted ellipsis">{planHint(plan)}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function itemFromText(text: string | undefined): NewItem | null {
  if (text === undefined) return null
  try {
    const value: unknown = JSON.parse(text)
    if (!isPlainObject(value) || typeof value['name'] !== 'string') return null
    return { ...value, item_type: 'plan', name: value['name'] }
  } catch {
    return null
  }
}

interface FormOfProps extends PlanFormProps {
  readonly model: FormModel
  readonly filled: NewItem | null
  readonly onFill: (item: NewItem | null) => void
}

function FormOf({ model, filled, edited, afterUid, edits, onDone, onFill }: FormOfProps): ReactElement {
  const [metadata, setMetadata] = usePref('metadata')
  const [recent, setRecent] = usePref('recent')
  const { notices } = useControlRoom()
  const { device } = useModels()
  const start = useMemo(() => {
    const fitted = filled === null ? null : formFrom(model, filled)
    return { values: fitted ?? withDefaultMeta(model, metadata), fits: filled === null || fitted !== null }
    // eslint-disable-next-line -- the form is made anew by its key; later preferences must not reset what is typed
  }, [])
  const form = useForm<RawForm>({ defaultValues: rawOf(start.values) })
  const values = useWatch({ control: form.control }) as unknown as PlanFormValues
  const draft = useMemo(() => draftFrom(model, values, device), [model, values, device])
  const [jsonItem, setJsonItem] = useState<NewItem | null>(start.fits ? null : filled)
  const item = jsonItem ?? draft.draft
  const check = usePlanCheck({ model, draft, item, isLocal: jsonItem === null })
  const isDirty = form.formState.isDirty || filled !== null

  async function finish(act: () => Promise<QueueItem | boolean | null>): Promise<void> {
    const done = await act()
    if (done === null || done === false) return
    setRecent({ ...recent, [model.name]: [item, ...(recent[model.name] ?? [])].slice(0, 10) })
    setMetadata(rememberedMeta(values, metadata))
    notices.add({ state: 'good', text: t.queue.form.added(item.name) })
    onDone(typeof done === 'object' ? done : edited)
  }
  return (
    <>
      <div className="panel-body side-scroll">
        {jsonItem === null ? (
          <PlanFormFields model={model} form={form} errors={isDirty ? check.errors : {}} values={values} />
        ) : (
          <PlanJson item={jsonItem} onChange={setJsonItem} />
        )}
      </div>
      <PlanFormFoot
        check={check}
        isTouched={isDirty}
        isEdit={edited !== null}
        hasSelected={afterUid !== null}
        isJson={jsonItem !== null}
        onJson={() => {
          if (jsonItem === null) setJsonItem(draft.draft)
          else if (formFrom(model, jsonItem) !== null) onFill(jsonItem)
        }}
        onAdd={(place) =>
          finish(() =>
            edits.add(
              item,
              place === 'after' && afterUid !== null
                ? { after_uid: afterUid }
                : ({ pos: place === 'front' ? 'front' : 'back' } satisfies AddPlace),
            ),
          )
        }
        onSave={() =>
          finish(() =>
            edited === null ? Promise.resolve(null) : edits.update({ ...item, item_uid: edited.item_uid }),
          )
        }
        onRun={() => finish(() => edits.execute(item))}
      />
    </>
  )
}

const usualMeta = ['sample', 'title', 'proposal'] as const

function withDefaultMeta(model: FormModel, defaults: Readonly<Record<string, string>>): PlanFormValues {
  const meta = Object.fromEntries(usualMeta.map((key) => [key, key === 'title' ? '' : (defaults[key] ?? '')]))
  return emptyForm(model, meta)
}

/** Sample and proposal are offered again with the next plan. */
function rememberedMeta(
  values: PlanFormValues,
  old: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const kept = values.meta
    .filter(({ key }) => key === 'sample' || key === 'proposal')
    .map(({ key, text }) => [key, text] as const)
  return { ...old, ...Object.fromEntries(kept) }
}

function rawOf(values: PlanFormValues): RawForm {
  const present = new Set(values.meta.map(({ key }) => key))
  const missing = usualMeta.filter((key) => !present.has(key)).map((key) => ({ key, text: '' }))
  return {
    fields: { ...values.fields },
    rows: values.rows.map((row) => ({ ...row })),
    tail: { ...values.tail },
    extra: values.extra.map((entry) => ({ ...entry })),
    meta: [...values.meta.map((entry) => ({ ...entry })), ...missing],
  }
}
