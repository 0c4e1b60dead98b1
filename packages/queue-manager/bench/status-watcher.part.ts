/** Asks for the status without pause until it is told to stop, and says how long the answers took. */
import { connectBench } from './bench-manager.part.ts'

const client = connectBench(process.argv[2] ?? '')
const waitsMs: number[] = []
let running = true
process.once('message', () => {
  running = false
})
process.send?.('ready')
while (running) {
  const startMs = performance.now()
  await client.exchange('{"method":"status"}')
  waitsMs.push(performance.now() - startMs)
  await new Promise((resolve) => setTimeout(resolve, 1))
}
client.close()
process.send?.({ waitsMs })
process.disconnect()
