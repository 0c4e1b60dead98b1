import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { brokerConfig, openBroker } from '@beamtime/kafka-broker'
import { parseSection } from '@beamtime/service-kit'
import { freePort, tempDir } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { openSocket, startFixture, testKey } from './gateway-fixture.ts'

test('a dashboard on a port of its own has its profile in the page, and the same API and sockets', async () => {
  const dir = tempDir()
  const broker = await openBroker({
    config: parseSection(brokerConfig, { listen: '127.0.0.1:0' }, { key: 'broker' }),
    directory: join(dir.path, 'broker'),
  })
  const downstream = { bootstrapServers: [`127.0.0.1:${broker.addresses[0]?.port}`], clientId: 'test' }
  const port = await freePort()
  mkdirSync(join(dir.path, 'live'))
  const gateway = await startFixture({
    web: true,
    config: {
      livedata: [
        {
          name: 'dummy',
          downstream,
          directory: join(dir.path, 'live'),
          dashboards: { monitors: `127.0.0.1:${port}`, detectors: '', reduction: '' },
        },
      ],
    },
  })
  const html = { accept: 'text/html' }
  const own = await (await fetch(`http://127.0.0.1:${port}/`, { headers: html })).text()
  expect(own).toContain('<meta name="app-profile" content="monitors" data-instrument="dummy">')
  const main = await (await fetch(`${gateway.url}/data`, { headers: html })).text()
  expect(main).not.toContain('app-profile')
  const authorized = { Authorization: `ApiKey ${testKey}` }
  const state = await fetch(`http://127.0.0.1:${port}/api/livedata/dummy`, { headers: authorized })
  expect(await state.json()).toMatchObject({ instrument: 'dummy', jobs: [] })
  const socket = await openSocket(`ws://127.0.0.1:${port}/api/ui/ws`, { headers: authorized, protocols: [] })
  socket.send({ op: 'sub', id: 1, ch: 'livedata', args: { instrument: 'dummy' } })
  const snap = await socket.next((message) => message['k'] === 'snap')
  expect(snap['d']).toMatchObject({ instrument: 'dummy', outputKeys: [] })
  const refused = await gateway.post('/api/livedata/dummy/command', {
    kind: 'start',
    workflow: 'absent',
    sources: [],
  })
  expect(refused.status).toBe(400)
  const grid = { title: 'Mine', nrows: 2, ncols: 2, enabled: true, cells: [] }
  const saved = await gateway.get('/api/livedata/dummy/grids', {
    method: 'PUT',
    headers: { ...authorized, 'content-type': 'application/json' },
    body: JSON.stringify({ grids: [grid] }),
  })
  expect(await saved.json()).toMatchObject([{ title: 'Mine' }])
  const put = (body: unknown) =>
    gateway.get('/api/livedata/dummy/grids', {
      method: 'PUT',
      headers: { ...authorized, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const yaml = await (await gateway.get('/api/livedata/dummy/grids?format=yaml&title=Mine')).text()
  const twice = await put({ yaml })
  expect(await twice.json()).toMatchObject([{ title: 'Mine' }, { title: 'Mine 2' }])
  const wrong = await gateway.post('/api/livedata/dummy/grids/check', {
    yaml: yaml.replace('nrows: 2', 'nrows: 9'),
  })
  expect(await wrong.json()).toEqual({
    grids: [],
    problem: { line: 2, column: 8, text: 'grids[0].nrows: must be a whole number from 2 to 6' },
  })
  const templates = (await (await gateway.get('/api/livedata/dummy/templates')).json()) as { title: string }[]
  expect(templates.map(({ title }) => title)).toContain('Monitors')
  const cleared = await gateway.post('/api/livedata/dummy/command', { kind: 'clear-workers' })
  expect(await cleared.json()).toMatchObject({ success: true, result: null })
  expect(snap['d']).toMatchObject({ sessions: [{ isSelf: true }] })
  socket.close()
  await gateway.close()
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed')
  await broker.close()
  await dir.close()
})
