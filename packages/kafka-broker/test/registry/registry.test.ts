import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseSection } from '@beamtime/service-kit'
import { expect, onTestFinished, test } from 'vitest'
import { type Broker, brokerConfig, openBroker, registryConfig } from '../../src/index.ts'

/* Texts and codes: Confluent Schema Registry API reference. The first test is the order of requests of Rubin's registry
 * synchronisation (lsst-dm/alert-stream-schemas, sync to a registry). */

interface Answer {
  readonly status: number
  readonly body: unknown
}

class RegistryBench {
  readonly #url: string

  constructor(broker: Broker) {
    this.#url = `http://127.0.0.1:${broker.registryAddress?.port}`
  }

  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      body: path.startsWith('/records') && method === 'GET' ? text : JSON.parse(text),
    }
  }

  async body(method: string, path: string, body?: unknown): Promise<unknown> {
    return (await this.ask(method, path, body)).body
  }
}

async function openWithRegistry(directory: string, settings: Record<string, unknown> = {}): Promise<Broker> {
  return await openBroker({
    config: parseSection(brokerConfig, { listen: '127.0.0.1:0', ...settings }, { key: 'broker' }),
    registry: parseSection(registryConfig, { listen: '127.0.0.1:0' }, { key: 'registry' }),
    directory,
  })
}

function ownDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'bt-registry-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

async function startRegistry(settings: Record<string, unknown> = {}): Promise<RegistryBench> {
  const broker = await openWithRegistry(ownDirectory(), settings)
  onTestFinished(() => broker.close())
  return new RegistryBench(broker)
}

const record = (...fields: readonly unknown[]): string =>
  JSON.stringify({ type: 'record', name: 'alert', namespace: 'lsst', fields })
const alertV1 = record({ name: 'id', type: 'long' })
const alertV2 = record({ name: 'id', type: 'long' }, { name: 'ra', type: 'double', default: 0 })

test("Rubin's synchronisation: delete all, import with ids as versions, register again with metadata", async () => {
  const registry = await startRegistry()
  await registry.ask('POST', '/subjects/alert-packet/versions', { schema: alertV1 })
  for (const subject of (await registry.body('GET', '/subjects')) as string[]) {
    expect(await registry.body('DELETE', `/subjects/${subject}`)).toEqual([1])
    expect(await registry.body('DELETE', `/subjects/${subject}?permanent=true`)).toEqual([1])
  }
  expect(await registry.body('PUT', '/mode/alert-packet', { mode: 'IMPORT' })).toEqual({ mode: 'IMPORT' })
  for (const [version, schema] of [
    [701, alertV1],
    [702, alertV2],
  ] as const) {
    const sent = { schema, schemaType: 'AVRO', id: version, version }
    expect(await registry.body('POST', '/subjects/alert-packet/versions', sent)).toEqual({ id: version })
    const metadata = { properties: { 'confluent:version': String(version) } }
    const latest = { schema, schemaType: 'AVRO', metadata }
    expect(await registry.body('POST', '/subjects/lsst-alerts-v7.1-value/versions', latest)).toEqual({
      id: version,
    })
    const found = await registry.body('GET', '/subjects/lsst-alerts-v7.1-value/versions/latest')
    expect(found).toMatchObject({ id: version, metadata })
  }
  expect(await registry.body('GET', '/mode')).toEqual({ mode: 'READWRITE' })
  expect(await registry.body('GET', '/config')).toEqual({ compatibilityLevel: 'BACKWARD' })
  expect(await registry.body('PUT', '/mode/alert-packet', { mode: 'READWRITE' })).toEqual({
    mode: 'READWRITE',
  })
  expect(await registry.body('GET', '/subjects/alert-packet/versions')).toEqual([701, 702])
  expect(await registry.body('GET', '/schemas/ids/701')).toEqual({ schema: alertV1 })
})

test('a schema is registered once: the same id for the same schema, whatever the white space, order and subject', async () => {
  const registry = await startRegistry()
  const post = (subject: string, schema: string): Promise<unknown> =>
    registry.body('POST', `/subjects/${subject}/versions`, { schema })
  expect(await post('a', alertV1)).toEqual({ id: 1 })
  expect(await post('a', JSON.stringify(JSON.parse(alertV1), null, 2))).toEqual({ id: 1 })
  expect(
    await post(
      'b',
      '{"name":"alert","namespace":"lsst","fields":[{"type":"long","name":"id"}],"type":"record"}',
    ),
  ).toEqual({ id: 1 })
  expect(await post('a', alertV2)).toEqual({ id: 2 })
  expect(await registry.body('GET', '/subjects/a/versions')).toEqual([1, 2])
  expect(await registry.body('GET', '/schemas/ids/1/versions')).toEqual([
    { subject: 'a', version: 1 },
    { subject: 'b', version: 1 },
  ])
  expect(await registry.body('GET', '/schemas/ids/1/subjects')).toEqual(['a', 'b'])
  expect(await registry.body('POST', '/subjects/a', { schema: alertV2 })).toMatchObject({
    id: 2,
    version: 2,
    subject: 'a',
  })
  expect(await registry.ask('POST', '/subjects/a', { schema: '"int"' })).toMatchObject({
    status: 404,
    body: { error_code: 40403 },
  })
  expect(await registry.body('GET', '/subjects/a/versions/1/schema')).toEqual(JSON.parse(alertV1))
})

test('large numbers of a schema keep their digits', async () => {
  const registry = await startRegistry()
  const schema =
    '{"type":"record","name":"r","fields":[{"name":"a","type":"long","default":9007199254740993}]}'
  await registry.ask('POST', '/subjects/n/versions', { schema })
  expect(await registry.body('GET', '/schemas/ids/1')).toEqual({ schema })
})

test('what breaks readers is refused by the level of the subject, and said why', async () => {
  const registry = await startRegistry()
  const post = (schema: string): Promise<Answer> => registry.ask('POST', '/subjects/a/versions', { schema })
  await post(alertV1)
  const noDefault = record({ name: 'id', type: 'long' }, { name: 'ra', type: 'double' })
  expect(await post(noDefault)).toMatchObject({ status: 409, body: { error_code: 409 } })
  const tried = await registry.body('POST', '/compatibility/subjects/a/versions/latest?verbose=true', {
    schema: noDefault,
  })
  expect(tried).toMatchObject({ is_compatible: false })
  expect(JSON.stringify(tried)).toContain('READER_FIELD_MISSING_DEFAULT_VALUE')
  expect(await registry.body('PUT', '/config/a', { compatibility: 'FORWARD' })).toEqual({
    compatibility: 'FORWARD',
  })
  expect((await post(noDefault)).body).toEqual({ id: 2 })
  expect(await registry.body('GET', '/config/a')).toEqual({ compatibilityLevel: 'FORWARD' })
  expect(await registry.body('DELETE', '/config/a')).toEqual({ compatibilityLevel: 'FORWARD' })
  expect(await registry.ask('GET', '/config/a')).toMatchObject({ status: 404, body: { error_code: 40408 } })
  expect(await registry.body('GET', '/config/a?defaultToGlobal=true')).toEqual({
    compatibilityLevel: 'BACKWARD',
  })
})

test('deleting is soft first, then for good, and every wrong order has its code', async () => {
  const registry = await startRegistry()
  await registry.ask('POST', '/subjects/a/versions', { schema: alertV1 })
  await registry.ask('POST', '/subjects/a/versions', { schema: alertV2 })
  const code = async (method: string, path: string): Promise<unknown> =>
    ((await registry.body(method, path)) as { error_code: number }).error_code
  expect(await code('DELETE', '/subjects/a?permanent=true')).toBe(40405)
  expect(await code('DELETE', '/subjects/a/versions/1?permanent=true')).toBe(40407)
  expect(await registry.body('DELETE', '/subjects/a/versions/1')).toBe(1)
  expect(await code('DELETE', '/subjects/a/versions/1')).toBe(40406)
  expect(await code('GET', '/subjects/a/versions/1')).toBe(40402)
  expect(await registry.body('GET', '/subjects/a/versions/1?deleted=true')).toMatchObject({ id: 1 })
  expect(await registry.body('DELETE', '/subjects/a')).toEqual([2])
  expect(await code('DELETE', '/subjects/a')).toBe(40404)
  expect(await code('GET', '/subjects/a/versions')).toBe(40401)
  expect(await registry.body('GET', '/subjects')).toEqual([])
  expect(await registry.body('GET', '/subjects?deleted=true')).toEqual(['a'])
  expect(await registry.body('DELETE', '/subjects/a?permanent=true')).toEqual([1, 2])
  expect(await code('GET', '/schemas/ids/1')).toBe(40403)
  // Ids of schemas that are gone are not given to others.
  expect(await registry.body('POST', '/subjects/b/versions', { schema: '"string"' })).toEqual({ id: 3 })
})

test('references are resolved, and keep what they refer to', async () => {
  const registry = await startRegistry()
  await registry.ask('POST', '/subjects/inner/versions', { schema: alertV1 })
  const outer = '{"type":"record","name":"o","fields":[{"name":"a","type":"lsst.alert"}]}'
  expect((await registry.ask('POST', '/subjects/outer/versions', { schema: outer })).status).toBe(422)
  const references = [{ name: 'lsst.alert', subject: 'inner', version: 1 }]
  expect(
    (await registry.ask('POST', '/subjects/outer/versions', { schema: outer, references })).body,
  ).toEqual({ id: 2 })
  expect(await registry.body('GET', '/subjects/inner/versions/1/referencedby')).toEqual([2])
  expect(await registry.body('DELETE', '/subjects/inner')).toMatchObject({ error_code: 42206 })
  expect(await registry.body('GET', '/schemas/ids/2')).toEqual({ schema: outer, references })
})

test('modes: read-only refuses writing, import needs an empty subject', async () => {
  const registry = await startRegistry()
  await registry.ask('POST', '/subjects/a/versions', { schema: alertV1 })
  expect(await registry.body('PUT', '/mode/a', { mode: 'IMPORT' })).toMatchObject({ error_code: 42205 })
  expect(await registry.body('PUT', '/mode', { mode: 'READONLY' })).toEqual({ mode: 'READONLY' })
  expect(await registry.body('POST', '/subjects/a/versions', { schema: alertV2 })).toMatchObject({
    error_code: 42205,
  })
  expect(await registry.body('PUT', '/mode', { mode: 'sometimes' })).toMatchObject({ error_code: 42204 })
})

test.each([
  ['{"type":"record","name":"a b","fields":[]}', 'illegal name'],
  ['{"type":"record","name":"a","fields":[{"name":"x","type":"int","default":"y"}]}', 'invalid default'],
  [
    '{"type":"record","name":"a","fields":[{"name":"x","type":"int"},{"name":"x","type":"int"}]}',
    'duplicate field',
  ],
  ['["int","int"]', 'duplicate in union'],
  ['{"type":"enum","name":"e","symbols":["A","A"]}', 'needs symbols'],
  ['{"type":"nothing"}', 'unknown type'],
  [`${'{"type":"array","items":'.repeat(200)}"int"${'}'.repeat(200)}`, 'nested more than'],
])('no Avro schema: %s', async (schema, reason) => {
  const registry = await startRegistry()
  const { status, body } = await registry.ask('POST', '/subjects/a/versions', { schema })
  expect(status).toBe(422)
  expect(body).toMatchObject({ error_code: 42201 })
  expect((body as { message: string }).message).toContain(reason)
})

test('wrong requests have their codes', async () => {
  const registry = await startRegistry()
  expect((await registry.ask('GET', '/nothing')).status).toBe(404)
  expect((await registry.ask('PATCH', '/subjects')).status).toBe(405)
  expect((await registry.ask('POST', '/subjects/a/versions', '{')).status).toBe(400)
  const text = await registry.ask('POST', '/subjects/a/versions', '{}', { 'content-type': 'text/plain' })
  expect(text.status).toBe(415)
  await registry.ask('POST', '/subjects/a/versions', { schema: '"int"' })
  expect(await registry.body('GET', '/subjects/a/versions/zero')).toMatchObject({ error_code: 42202 })
  expect(await registry.body('PUT', '/config', { compatibility: 'MAYBE' })).toMatchObject({
    error_code: 42203,
  })
  expect(await registry.body('GET', '/schemas/types')).toEqual(['AVRO', 'JSON', 'PROTOBUF'])
})

test('schemas survive a restart, and records go out and into another registry', async () => {
  const directory = ownDirectory()
  const first = await openWithRegistry(directory)
  const registry = new RegistryBench(first)
  await registry.ask('POST', '/subjects/a/versions', { schema: alertV1 })
  await registry.ask('PUT', '/config/a', { compatibility: 'FULL' })
  await first.close()
  const second = await openWithRegistry(directory)
  onTestFinished(() => second.close())
  const again = new RegistryBench(second)
  expect(await again.body('GET', '/config/a')).toEqual({ compatibilityLevel: 'FULL' })
  const { body } = await again.ask('GET', '/records')
  expect(JSON.parse(String(body).trim().split('\n').at(-1) ?? '')).toEqual({
    key: { keytype: 'SCHEMA', subject: 'a', version: 1, magic: 1 },
    value: { subject: 'a', version: 1, id: 1, schema: alertV1, deleted: false },
  })
  const other = await startRegistry()
  const imported = await other.ask('POST', '/records', body, { 'content-type': 'application/x-ndjson' })
  expect(imported.body).toEqual({ imported: 2 })
  expect(await other.body('GET', '/subjects/a/versions/1')).toMatchObject({ id: 1, schema: alertV1 })
})
