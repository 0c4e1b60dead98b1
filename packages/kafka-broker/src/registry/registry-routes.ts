import { levelOf, modeOf, offeredSchema, recordLines, versionName } from './registry-body.ts'
import { type Registry, schemaTypes } from './registry.ts'
import { RegistryError } from './registry-error.ts'
import type { SchemaEntry } from './registry-state.ts'

/** One request, taken apart. */
export interface RegistryRequest {
  readonly method: string
  /** Parts of the path, decoded. */
  readonly path: readonly string[]
  readonly query: URLSearchParams
  /** JSON of the body; the text of a body that is JSON lines; null without one. */
  readonly body: unknown
}

/** Text is sent as it is, anything else as JSON. */
export type RegistryAnswer =
  | { readonly kind: 'json'; readonly value: unknown; readonly isImmutable?: boolean }
  | { readonly kind: 'lines'; readonly text: string }

type Handler = (registry: Registry, request: RegistryRequest, names: readonly string[]) => unknown

interface Route {
  readonly method: string
  /** `*` stands for a name. */
  readonly path: readonly string[]
  readonly handle: Handler
}

function route(method: string, path: string, handle: Handler): Route {
  return { method, path: path.split('/').filter((part) => part !== ''), handle }
}

function has(request: RegistryRequest, flag: string): boolean {
  return request.query.get(flag) === 'true'
}

function shown({ subject, id, version, schemaType, schema, references, metadata }: SchemaEntry): unknown {
  return { subject, id, version, schemaType, schema, references, metadata }
}

/** Source: Confluent Schema Registry API reference, version 7. */
const routes: readonly Route[] = [
  route('GET', '/', () => ({})),
  route('GET', '/subjects', (registry, request) =>
    registry.subjects({
      prefix: request.query.get('subjectPrefix') ?? '',
      withDeleted: has(request, 'deleted'),
    }),
  ),
  route('GET', '/subjects/*/versions', (registry, request, [subject = '']) =>
    registry.versions(subject, has(request, 'deleted')),
  ),
  route('GET', '/subjects/*/versions/*', (registry, request, [subject = '', version = '']) =>
    shown(registry.version(subject, versionName(version), has(request, 'deleted'))),
  ),
  route('GET', '/subjects/*/versions/*/schema', (registry, request, [subject = '', version = '']) =>
    rawJson(registry.version(subject, versionName(version), has(request, 'deleted')).schema),
  ),
  route('GET', '/subjects/*/versions/*/referencedby', (registry, _request, [subject = '', version = '']) =>
    registry.state.referrers(subject, registry.version(subject, versionName(version)).version),
  ),
  route('POST', '/subjects/*/versions', async (registry, { body }, [subject = '']) => {
    const { id } = await registry.register(subject, offeredSchema(body))
    return { id }
  }),
  route('POST', '/subjects/*', (registry, request, [subject = '']) =>
    shown(registry.lookUp(subject, offeredSchema(request.body), has(request, 'deleted'))),
  ),
  route('DELETE', '/subjects/*', (registry, request, [subject = '']) =>
    registry.deleteSubject(subject, has(request, 'permanent')),
  ),
  route('DELETE', '/subjects/*/versions/*', (registry, request, [subject = '', version = '']) =>
    registry.deleteVersion(subject, versionName(version), has(request, 'permanent')),
  ),
  route('GET', '/schemas/types', () => schemaTypes),
  route('GET', '/schemas/ids/*', (registry, request, [id = '']) => {
    const { schema, schemaType, references, metadata } = registry.byId(idOf(id), request.query.get('subject'))
    return { schema, schemaType, references, metadata }
  }),
  route('GET', '/schemas/ids/*/schema', (registry, request, [id = '']) =>
    rawJson(registry.byId(idOf(id), request.query.get('subject')).schema),
  ),
  route('GET', '/schemas/ids/*/subjects', (registry, request, [id = '']) => [
    ...new Set(registry.uses(idOf(id), has(request, 'deleted')).map(({ subject }) => subject)),
  ]),
  route('GET', '/schemas/ids/*/versions', (registry, request, [id = '']) =>
    registry.uses(idOf(id), has(request, 'deleted')).map(({ subject, version }) => ({ subject, version })),
  ),
  ...['', '/*'].flatMap((name) => [
    route('GET', `/config${name}`, (registry, request, [subject = null]) => ({
      compatibilityLevel: registry.level(subject, has(request, 'defaultToGlobal')),
    })),
    route('PUT', `/config${name}`, async (registry, { body }, [subject = null]) => ({
      compatibility: await registry.setLevel(subject, levelOf(body)),
    })),
    route('DELETE', `/config${name}`, async (registry, _request, [subject = null]) => ({
      compatibilityLevel: await registry.setLevel(subject, null),
    })),
    route('GET', `/mode${name}`, (registry, request, [subject = null]) => ({
      mode: registry.mode(subject, has(request, 'defaultToGlobal')),
    })),
    route('PUT', `/mode${name}`, async (registry, request, [subject = null]) => ({
      mode: await registry.setMode(subject, modeOf(request.body), has(request, 'force')),
    })),
    route('DELETE', `/mode${name}`, async (registry, _request, [subject = null]) => ({
      mode: await registry.setMode(subject, null, false),
    })),
  ]),
  route('POST', '/compatibility/subjects/*/versions', (registry, request, [subject = '']) =>
    compatibility(registry.incompatibilities(subject, offeredSchema(request.body), null), request),
  ),
  route('POST', '/compatibility/subjects/*/versions/*', (registry, request, [subject = '', version = '']) =>
    compatibility(
      registry.incompatibilities(subject, offeredSchema(request.body), versionName(version)),
      request,
    ),
  ),
  // Ours: everything as lines of the key and value records of a `_schemas` topic, out and in.
  route('GET', '/records', (registry) =>
    lines(registry.state.records().map((record) => JSON.stringify(record))),
  ),
  route('POST', '/records', async (registry, { body }) => ({
    imported: await registry.importRecords(recordLines(typeof body === 'string' ? body : '')),
  })),
]

class Lines {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

function rawJson(text: string): Lines {
  return new Lines(text)
}

function lines(all: readonly string[]): Lines {
  return new Lines(all.map((line) => `${line}\n`).join(''))
}

function idOf(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw new RegistryError(404, 'HTTP 404 Not Found')
}

function compatibility(problems: readonly string[], request: RegistryRequest): unknown {
  const isCompatible = problems.length === 0
  return has(request, 'verbose')
    ? { is_compatible: isCompatible, messages: problems }
    : { is_compatible: isCompatible }
}

/** Answers one request. Throws RegistryError. */
export async function answerRegistry(registry: Registry, request: RegistryRequest): Promise<RegistryAnswer> {
  const matching = routes.filter(({ path }) => matches(path, request.path))
  const found = matching.find(({ method }) => method === request.method)
  if (found === undefined) {
    const code = matching.length > 0 ? 405 : 404
    throw new RegistryError(code, `HTTP ${code} ${code === 405 ? 'Method Not Allowed' : 'Not Found'}`)
  }
  const names = request.path.filter((_part, i) => found.path[i] === '*')
  const value = await found.handle(registry, request, names)
  if (value instanceof Lines) return { kind: 'lines', text: value.text }
  // What stands under an id never changes.
  return {
    kind: 'json',
    value,
    isImmutable: request.method === 'GET' && found.path[1] === 'ids' && found.path.length === 3,
  }
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length === path.length && pattern.every((part, i) => part === '*' || part === path[i])
}
