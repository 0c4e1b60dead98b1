import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { JsonValue } from '@beamtime/queue-client'
import { badBody, notFound } from '../error.ts'
import { ForeignBody, isRecord } from '../http/body.ts'
import { callerOf } from '../http/guard.ts'
import type { UserSettings } from '../store/user-settings.ts'
import type { Layout } from '../ui-types.ts'

const maxPrefsBytes = 64 * 1024
const maxLayoutBytes = 256 * 1024
const maxLayouts = 500
const layoutName = /^[\w .()-]{1,80}$/

/** Preferences of the caller, and layouts that all users share. */
export function settingsRoutes(settings: UserSettings) {
  return async (app: FastifyInstance): Promise<void> => {
    const tags = ['ui']
    const config = { scopes: ['read:status'] } as const
    app.get(
      '/ui/prefs',
      { config, schema: { summary: 'Preferences of the caller.', tags } },
      async (request) => settings.prefs(callerOf(request).user.name),
    )
    app.put(
      '/ui/prefs',
      { config, schema: { summary: 'Replaces the preferences.', tags } },
      async (request) => {
        if (!isRecord(request.body)) throw badBody('value is not a valid dict')
        settings.setPrefs(callerOf(request).user.name, bounded(request.body, maxPrefsBytes))
        return { success: true, msg: '' }
      },
    )
    app.get('/ui/layouts', { config, schema: { summary: 'Names of the layouts.', tags } }, async () => ({
      layouts: settings.layouts(),
    }))
    app.get<{ Params: { name: string } }>(
      '/ui/layouts/:name',
      { config, schema: { summary: 'One layout.', tags } },
      async ({ params }): Promise<Layout> => {
        const layout = settings.layout(params.name)
        if (layout === null) throw notFound(`There is no layout '${params.name}'.`)
        return layout
      },
    )
    const editing = { scopes: ['read:monitor'] } as const
    app.put<{ Params: { name: string } }>(
      '/ui/layouts/:name',
      { config: editing, schema: { summary: 'Makes or replaces a layout.', tags } },
      async (request): Promise<Layout> => {
        const { name } = request.params
        if (!layoutName.test(name))
          throw badBody('1 to 80 letters, digits, spaces or . _ - ( )', ['path', 'name'])
        if (request.body === undefined || request.body instanceof ForeignBody) throw badBody('field required')
        if (settings.layout(name) === null && settings.layouts().length >= maxLayouts)
          throw badBody(`There are ${maxLayouts} layouts already; delete some.`, ['path', 'name'])
        const layout = bounded(request.body, maxLayoutBytes)
        const made = { name, layout, user: callerOf(request).user.name, t: Date.now() }
        settings.setLayout(made)
        return made
      },
    )
    app.delete<{ Params: { name: string } }>(
      '/ui/layouts/:name',
      { config: editing, schema: { summary: 'Removes a layout.', tags } },
      async ({ params }) => {
        if (!settings.removeLayout(params.name)) throw notFound(`There is no layout '${params.name}'.`)
        return { success: true, msg: '' }
      },
    )
  }
}

/** The body came from JSON, so it is a JSON value; only its size is left to check. */
function bounded(body: unknown, maxBytes: number): JsonValue {
  if (Buffer.byteLength(JSON.stringify(body)) > maxBytes)
    throw badBody(`The value is larger than ${maxBytes / 1024} KiB.`)
  return body as JsonValue
}
