import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getBytes } from '../../src/detectors/get-bytes.ts'

let server: Server
let url: string
/** What the server answers next. */
let parts: readonly Buffer[] = []
let told: number | null = null
let how: 'whole' | 'breaks off' | 'is silent' = 'whole'
const limits = { withinMs: 5_000, maxBytes: 1_000 }

beforeAll(async () => {
  server = createServer((_, response) => {
    if (how === 'is silent') return
    response.writeHead(200, { 'x-image-id': '7', ...(told === null ? {} : { 'content-length': told }) })
    for (const part of parts) response.write(part)
    if (how === 'breaks off') response.destroy()
    else response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/daq/image`
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test('a body arrives as it was sent, in whatever pieces, with its length told or not', async () => {
  const piece = fc.uint8Array({ minLength: 1, maxLength: 150 })
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 6 }), fc.boolean(), async (pieces, isTold) => {
      how = 'whole'
      parts = pieces.map((one) => Buffer.from(one))
      const whole = Buffer.concat(parts)
      told = isTold ? whole.length : null
      const { status, headers, bytes } = await getBytes(url, limits)
      expect([status, headers['x-image-id']]).toEqual([200, '7'])
      expect(Buffer.from(bytes.buffer).equals(whole)).toBe(true)
    }),
    { numRuns: 50 },
  )
})

test('a body that is too large is refused, whether it says so or not', async () => {
  how = 'whole'
  parts = [Buffer.alloc(1_001)]
  for (told of [1_001, null]) await expect(getBytes(url, limits)).rejects.toThrow('too large')
})

test('an answer that breaks off, and one that does not come in time, are errors', async () => {
  parts = [Buffer.alloc(10)]
  told = 20
  how = 'breaks off'
  await expect(getBytes(url, limits)).rejects.toThrow(/aborted|hang up/)
  how = 'is silent'
  await expect(getBytes(url, { ...limits, withinMs: 50 })).rejects.toThrow(/aborted/)
})
