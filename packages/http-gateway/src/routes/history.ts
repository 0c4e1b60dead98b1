import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { HistoryMirror } from '../queue/history-mirror.ts'
import type { HistoryPage } from '../ui-types.ts'
import { integerOf, textOf, timeOf } from './query.ts'
import type { Query } from './query.ts'

const maxItems = 500

/** The history in pages, newest first. */
export function historyRoutes(history: HistoryMirror) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get<{ Querystring: Query }>(
      '/queue/history',
      { config: { scopes: ['read:history'] }, schema: { summary: 'Finished items in pages.', tags: ['ui'] } },
      async ({ query }): Promise<HistoryPage> =>
        await history.page({
          limit: integerOf(query, 'limit', { default: 50, min: 1, max: maxItems }),
          before: textOf(query, 'before'),
          q: textOf(query, 'q'),
          plan: textOf(query, 'plan'),
          user: textOf(query, 'user'),
          status: textOf(query, 'status'),
          from: timeOf(query, 'from'),
          to: timeOf(query, 'to'),
        }),
    )
  }
}
