import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { badBody } from '../error.ts'
import type { FormLibrary } from '../forms/form-library.ts'
import { checkPlan } from '../forms/plan-check.ts'
import type { CheckedItem } from '../forms/plan-check.ts'
import { isRecord, objectBody } from '../http/body.ts'
import { notModified } from '../http/etag.ts'
import { callerOf } from '../http/guard.ts'
import type { Estimates } from '../queue/estimates.ts'
import type { FormModel, PlanCheck } from '../ui-types.ts'

export interface PlanRoutesOptions {
  readonly forms: FormLibrary
  readonly estimates: Estimates
}

/** Forms of plans and the dry run of an item. */
export function planRoutes({ forms, estimates }: PlanRoutesOptions) {
  return async (app: FastifyInstance): Promise<void> => {
    const config = { scopes: ['read:resources'] } as const
    app.get(
      '/ui/plans',
      { config, schema: { summary: 'Forms of the plans that the caller may use.', tags: ['ui'] } },
      async (request, reply): Promise<readonly FormModel[] | undefined> => {
        const { group } = callerOf(request).user
        const plans = await forms.plansOf(group)
        if (!notModified(request, reply, `${plans.uid}.${group}`)) return plans.forms
        await reply.code(304).send()
        return undefined
      },
    )
    app.post(
      '/ui/plans/check',
      { config, schema: { summary: 'Checks an item without adding it.', tags: ['ui'] } },
      async (request): Promise<PlanCheck> => {
        const item = itemOf(objectBody(request.body)['item'])
        const { group } = callerOf(request).user
        const [plans, devices] = await Promise.all([forms.plansOf(group), forms.devicesOf(group)])
        return checkPlan(item, { plans, devices }, estimates)
      },
    )
  }
}

function itemOf(value: unknown): CheckedItem {
  if (!isRecord(value)) throw badBody('field required', ['body', 'item'])
  const { name, args, kwargs, meta } = value
  if (typeof name !== 'string') throw badBody('value is not a valid text', ['body', 'item', 'name'])
  if (args !== undefined && !Array.isArray(args))
    throw badBody('value is not a valid list', ['body', 'item', 'args'])
  if (kwargs !== undefined && !isRecord(kwargs))
    throw badBody('value is not a valid dict', ['body', 'item', 'kwargs'])
  return {
    name,
    ...(args === undefined ? {} : { args: args as readonly unknown[] }),
    ...(kwargs === undefined ? {} : { kwargs }),
    ...(meta === undefined ? {} : { meta }),
  }
}
