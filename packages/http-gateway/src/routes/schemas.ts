import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { SchemaDetail, SchemasPage } from '../ui-types.ts'
import type { TopicRoutesOptions } from './topics.ts'

const reading = { scopes: ['read:monitor'] } as const
const tags = ['streams']

/** What the schema registry holds; changing it is the registry's own business. */
export function schemaRoutes({ streams }: TopicRoutesOptions) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get(
      '/streams/schemas',
      { config: reading, schema: { summary: 'Subjects of the schema registry.', tags } },
      async (): Promise<SchemasPage> => await streams.schemas.subjects(),
    )
    app.get<{ Params: { readonly subject: string } }>(
      '/streams/schemas/:subject',
      { config: reading, schema: { summary: 'Versions of a subject and its compatibility.', tags } },
      async ({ params }): Promise<SchemaDetail> => await streams.schemas.subject(params.subject),
    )
  }
}
