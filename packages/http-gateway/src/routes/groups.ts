import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { badBody } from '../error.ts'
import { objectBody } from '../http/body.ts'
import type { StreamParts } from '../streams/stream-parts.ts'
import { lagsByTopic } from '../streams/topic-watch.ts'
import type { GroupDetail } from '../ui-types.ts'
import { audited, busTold } from './topics.ts'
import type { TopicRoutesOptions } from './topics.ts'

interface GroupParams {
  readonly group: string
}

const tags = ['streams']

/** Consumer groups: members, lag, where they go on. */
export function groupRoutes({ streams, audit }: TopicRoutesOptions) {
  const { admin } = streams.bus
  return async (app: FastifyInstance): Promise<void> => {
    app.get<{ Params: GroupParams }>(
      '/streams/groups/:group',
      { config: { scopes: ['read:monitor'] }, schema: { summary: 'Members and lag of a group.', tags } },
      async ({ params }): Promise<GroupDetail> => await busTold(() => groupDetail(streams, params.group)),
    )
    app.post<{ Params: GroupParams }>(
      '/streams/groups/:group/reset',
      {
        config: { scopes: ['write:manager:control'] },
        schema: {
          summary: 'Moves an empty group: {topic, to: earliest | latest | time | shift, ...}.',
          tags,
        },
      },
      async (request) => {
        const { group } = request.params
        const body = objectBody(request.body)
        return await audited({ request, audit, method: `group_reset ${group}` }, async () => {
          const topic = String(body['topic'] as string)
          await admin.resetGroup(group, topic, await placesOf(streams, { group, topic, body }))
        })
      },
    )
    app.delete<{ Params: GroupParams }>(
      '/streams/groups/:group',
      { config: { scopes: ['write:manager:control'] }, schema: { summary: 'Forgets an empty group.', tags } },
      async (request) => {
        const { group } = request.params
        return await audited({ request, audit, method: `group_delete ${group}` }, () =>
          admin.deleteGroup(group),
        )
      },
    )
  }
}

async function groupDetail({ bus: { admin } }: StreamParts, group: string): Promise<GroupDetail> {
  const described = await admin.describeGroup(group)
  const topics = lagsByTopic(await admin.groupLag(group))
  return {
    id: group,
    state: described.state,
    protocol: described.protocol,
    members: described.members.length,
    lag: topics.reduce((sum, { lag }) => sum + lag, 0),
    topics,
    memberList: described.members.map((member) => ({
      id: member.memberId,
      client: member.clientId,
      host: member.clientHost,
      assigned: member.assignments,
    })),
  }
}

async function placesOf(
  { bus: { admin }, replay }: StreamParts,
  what: { readonly group: string; readonly topic: string; readonly body: Record<string, unknown> },
): Promise<ReadonlyMap<number, bigint>> {
  const { group, topic, body } = what
  const offsets = await admin.offsets(topic)
  const to = body['to']
  switch (to) {
    case 'earliest':
      return new Map(offsets.map(({ partition, earliest }) => [partition, earliest]))
    case 'latest':
      return new Map(offsets.map(({ partition, latest }) => [partition, latest]))
    case 'time': {
      const timestampMs = numberIn(body, 'timeMs')
      const source = await replay.source(`topic:${topic}`)
      try {
        const found = await Promise.all(
          source.partitions.map(
            async (one) => [one.partition, BigInt(await source.offsetBeforeTime(one, timestampMs))] as const,
          ),
        )
        return new Map(found)
      } finally {
        await source.close()
      }
    }
    case 'shift': {
      const by = BigInt(numberIn(body, 'by'))
      const committed = new Map(
        (await admin.groupLag(group)).flatMap((lag) =>
          lag.topic === topic ? [[lag.partition, lag.committed] as const] : [],
        ),
      )
      return new Map(
        offsets.map(({ partition, earliest, latest }) => {
          const place = (committed.get(partition) ?? earliest) + by
          return [partition, place < earliest ? earliest : place > latest ? latest : place]
        }),
      )
    }
    default:
      throw badBody("'to' must be earliest, latest, time or shift", ['body', 'to'])
  }
}

function numberIn(body: Record<string, unknown>, name: string): number {
  const value = body[name]
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw badBody(`'${name}' must be a whole number`, ['body', name])
}
