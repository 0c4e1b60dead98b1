import { statSync } from 'node:fs'
import { connect } from 'node:net'
import { tempDir } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { askSupervisor, controlSocketPath, openControlServer } from '../../src/supervisor/control-socket.ts'

test('requests are answered, unknown ones refused, and the socket is private', async () => {
  const folder = tempDir()
  const seen: unknown[] = []
  const server = await openControlServer(folder.path, (request) => {
    seen.push(request)
    return { ok: true, detail: request.op }
  })
  expect(await askSupervisor(folder.path, { op: 'restart', role: 'bus' })).toEqual({
    ok: true,
    detail: 'restart',
  })
  expect(await askSupervisor(folder.path, { op: 'status' })).toEqual({ ok: true, detail: 'status' })
  expect(seen).toEqual([{ op: 'restart', role: 'bus' }, { op: 'status' }])
  for (const line of ['nonsense', '{"op":"explode"}', '{"op":"restart"}', 'null', '"x"'])
    expect(await raw(folder.path, line)).toContain('"ok":false')
  expect(statSync(controlSocketPath(folder.path)).mode & 0o777).toBe(0o600)
  await server.close()
  expect(await askSupervisor(folder.path, { op: 'status' })).toBeNull()
  await folder.close()
})

function raw(runtimeDir: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(controlSocketPath(runtimeDir), () => socket.write(`${line}\n`))
    socket.setEncoding('utf8')
    socket.once('data', (text: string) => resolve(text))
    socket.once('error', reject)
  })
}
