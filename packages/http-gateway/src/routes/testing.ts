import { setTimeout as delay } from 'node:timers/promises'
import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { badBody, badRequest } from '../error.ts'
import { objectBody } from '../http/body.ts'
import { queryParameters } from './call-parameters.ts'

const maxSleepS = 600

/** Routes of test systems (`http.testing`). */
export async function testingRoutes(app: FastifyInstance): Promise<void> {
  app.get(
    '/test/server/sleep',
    { config: { scopes: ['read:testing'] }, schema: { summary: 'Waits, then answers.', tags: ['testing'] } },
    async (request) => {
      const query = queryParameters(request.query as Record<string, unknown>)
      if (request.body === undefined && Object.keys(query).length === 0) throw badBody('field required')
      const { time } = { ...query, ...objectBody(request.body) }
      if (time === undefined)
        throw badRequest("The required parameter 'time' is missing in the API call: 'server_sleep'")
      if (typeof time !== 'number' || time < 0 || time > maxSleepS)
        throw badRequest(`'time' must be seconds from 0 to ${maxSleepS}`)
      await delay(time * 1_000)
      return { success: true, msg: '' }
    },
  )
}
