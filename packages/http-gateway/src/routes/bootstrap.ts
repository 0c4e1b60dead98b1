import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { consoleBacklog } from '../console/console-log.ts'
import { bodyLimitBytes } from '../http/body.ts'
import { callerOf } from '../http/guard.ts'
import type { GatewayParts } from '../parts.ts'
import type { Bootstrap } from '../ui-types.ts'
import type { WebFiles } from './static-files.ts'

const headItems = 50
const tableRows = 200

/** One request for the first paint; says only what the caller may see. */
export function bootstrapRoutes(parts: GatewayParts, web: WebFiles) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get(
      '/ui/bootstrap',
      {
        config: { scopes: [] },
        schema: { summary: 'All that the first paint of a page needs.', tags: ['ui'] },
      },
      async (request): Promise<Bootstrap> => {
        const { user, scopes, roles } = callerOf(request)
        const isKnown = scopes.size > 0
        return {
          build: web.build,
          boot: parts.boot,
          version: parts.config.build.version,
          serverTime: Date.now(),
          zone: parts.config.facility.timezone,
          profile: null,
          facility: {
            name: parts.config.facility.name,
            instrument: parts.config.facility.instrument,
            instrument_id: parts.config.facility.instrument_id,
          },
          auth: parts.authority.modes,
          user: isKnown ? user : null,
          scopes: [...scopes].toSorted(),
          roles,
          csrf: request.authenticated?.csrf ?? request.csrfToken,
          ...visible(parts, scopes),
          detectors: [],
          instruments: parts.livedata.list.map(({ name }) => name),
          limits: { bodyBytes: bodyLimitBytes, consoleBacklog, tableRows },
          features: {
            queue: true,
            runs: true,
            live: parts.config.bus !== null,
            restart: parts.supervisor.present,
            detectors: parts.detectors.addresses.length > 0,
            livedata: parts.livedata.list.length > 0,
            streams: parts.streams !== null,
          },
        }
      },
    )
  }
}

function visible(
  parts: GatewayParts,
  scopes: ReadonlySet<string>,
): Pick<Bootstrap, 'status' | 'runningItem' | 'queueHead' | 'estimates' | 'runsActive' | 'services'> {
  const queue = scopes.has('read:queue') ? parts.queue.content : null
  return {
    status: scopes.has('read:status') ? parts.status.current : null,
    runningItem: queue?.running ?? null,
    queueHead: queue?.items.slice(0, headItems) ?? [],
    estimates: queue === null ? {} : parts.status.estimatesOfQueue(),
    runsActive: scopes.has('read:monitor') ? parts.feed.active() : [],
    services: scopes.has('read:status') ? parts.services.states : [],
  }
}
