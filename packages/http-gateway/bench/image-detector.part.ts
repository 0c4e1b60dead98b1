// A detector that has all its images in memory: a new one RATE times a second, SIDE x SIDE pixels of 16 bits. Prints its port.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const [side = 2_016, rateHz = 30] = process.argv.slice(2).map(Number)
const began = performance.now()
/** A few that differ, so that nothing can be left out. */
const images = Array.from({ length: 4 }, (_, turn) => ringsOf(turn))
const newest = (): number => 1 + Math.floor(((performance.now() - began) * rateHz) / 1_000)

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://detector')
  if (pathname === '/daq/image') {
    const id = newest()
    if (id <= Number(searchParams.get('after') ?? 0)) return void response.writeHead(204).end()
    const body = images[id % images.length]
    response.writeHead(200, {
      'content-length': body?.byteLength ?? 0,
      'x-image-shape': `${side},${side}`,
      'x-image-type': 'uint16',
      'x-image-id': id,
      'x-image-time-ms': Date.now(),
    })
    return void response.end(body)
  }
  if (pathname === '/daq/mask') return void response.writeHead(204).end()
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answerOf(pathname)))
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))

function answerOf(path: string): unknown {
  switch (path) {
    case '/plan/describe':
      return { shape: [side, side], dtype: 'uint16' }
    case '/writer/status':
      return { writer: { state: 'READY' } }
    case '/daq/stats':
      return {
        stats: { detector: { images_per_second: rateHz, bytes_per_second: rateHz * side * side * 2 } },
      }
    case '/daq/losses':
      return { images: { good: newest(), missing: 0, dropped: 0 }, ports: [] }
    default:
      return {}
  }
}

function ringsOf(turn: number): Buffer {
  const pixels = Uint16Array.from({ length: side * side }, (_, at) => {
    const radius = Math.hypot((at % side) - side / 2, at / side - side / 2)
    return Math.round(200 + 190 * Math.cos(radius / 9 + turn) + ((at * 7919) % 13))
  })
  return Buffer.from(pixels.buffer)
}
