/* The other end of the loopback measurement, in a process of its own: node loopback-end.part.ts BYTES takes so many and answers. */
import { createServer, type AddressInfo } from 'node:net'

const [, , wanted = '0'] = process.argv
const server = createServer((socket) => {
  let got = 0
  socket.on('data', (data) => {
    got += data.length
    if (got >= Number(wanted)) socket.end('x')
  })
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
