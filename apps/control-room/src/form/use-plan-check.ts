import type { FormModel, PlanCheck } from '@beamtime/http-gateway/ui-types'
import { useEffect, useMemo, useState } from 'react'
import { useConnection, useControlRoom } from '../app/use-control-room.ts'
import type { NewItem } from './new-item.ts'
import { errorText } from '../net/http-client.ts'
import { errorPath, type DraftResult } from './plan-form-values.ts'

export interface CheckState {
  /** By path of the form; those of the client first, then the server's. */
  readonly errors: Readonly<Record<string, string>>
  /** What the server says beyond single fields; empty when nothing. */
  readonly refusal: string
  readonly warnings: readonly string[]
  readonly isChecking: boolean
  readonly isOk: boolean
  readonly points: number | undefined
  readonly seconds: number | undefined
}

/** The server is asked this long after the last change. */
const waitMs = 300

export interface CheckInputs {
  readonly model: FormModel
  readonly draft: DraftResult
  readonly item: NewItem
  /** False while the item is edited as JSON: then only the server judges. */
  readonly isLocal: boolean
}

/** Judges a form at once for what the client can see, and by the server shortly after. */
export function usePlanCheck({ model, draft, item, isLocal }: CheckInputs): CheckState {
  const { http } = useControlRoom()
  const isConnected = useConnection((connection) => connection.state === 'open')
  const body = JSON.stringify({ item })
  const isReady = !isLocal || Object.keys(draft.errors).length === 0
  const [answer, setAnswer] = useState<{ readonly body: string; readonly check: PlanCheck } | null>(null)

  useEffect(() => {
    if (!isReady || !isConnected) return undefined
    let isCurrent = true
    const timer = setTimeout(() => {
      http
        .post<PlanCheck>('/ui/plans/check', JSON.parse(body))
        .then((check) => (isCurrent ? setAnswer({ body, check }) : undefined))
        .catch((error: unknown) => {
          if (isCurrent)
            setAnswer({ body, check: { ok: false, fieldErrors: {}, text: errorText(error), warnings: [] } })
        })
    }, waitMs)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [http, body, isReady, isConnected])

  return useMemo(() => {
    const current = isReady && answer?.body === body ? answer.check : null
    const { placed, unplaced } = placeErrors({ model, draft, isLocal }, current?.fieldErrors ?? {})
    const hasFields = Object.keys(placed).length > 0
    return {
      errors: placed,
      refusal: refusalOf(current, unplaced, hasFields),
      warnings: current?.warnings ?? [],
      isChecking: isReady && current === null && isConnected,
      isOk: current?.ok === true && !hasFields,
      points: current?.points,
      seconds: current?.seconds,
    }
  }, [answer, body, isReady, isLocal, draft, model, isConnected])
}

/** Errors of the server join those of the client at their field; what fits nowhere is shown whole. */
function placeErrors(
  { model, draft, isLocal }: Pick<CheckInputs, 'model' | 'draft' | 'isLocal'>,
  fieldErrors: Readonly<Record<string, string>>,
): { readonly placed: Record<string, string>; readonly unplaced: readonly string[] } {
  const placed: Record<string, string> = isLocal ? { ...draft.errors } : {}
  const unplaced: string[] = []
  for (const [path, text] of Object.entries(fieldErrors)) {
    const at = isLocal ? errorPath(model, draft, path) : null
    if (at === null) unplaced.push(`${path}: ${text}`)
    else placed[at] ??= text
  }
  return { placed, unplaced }
}

function refusalOf(check: PlanCheck | null, unplaced: readonly string[], hasFields: boolean): string {
  if (check === null || check.ok) return ''
  if (unplaced.length > 0) return unplaced.join('\n')
  return hasFields ? '' : check.text
}
