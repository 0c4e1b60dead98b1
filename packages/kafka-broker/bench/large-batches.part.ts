/* fork(large-batches.part.ts, [write|read, JSON of a LargeLoad]): says when it begins, ends when it has written or read all. */
import { BenchConnection, benchBatch, fetchFrame, produceFrame } from './bench-client.part.ts'
import type { LargeLoad } from './group-member.part.ts'

const [, , role, text = '{}'] = process.argv
const { port, topic, batches, batchBytes } = JSON.parse(text) as LargeLoad
const connection = new BenchConnection(port)
const errorAt = 4 + 4 + 2 + topic.length + 4 + 4

if (role === 'write') {
  const frame = produceFrame(topic, benchBatch(1, batchBytes))
  process.send?.('ready')
  for (let i = 0; i < batches; i++) {
    const { head } = await connection.ask(frame)
    if (head.readInt16BE(errorAt) !== 0)
      throw new Error(`a batch is answered with ${head.readInt16BE(errorAt)}`)
  }
} else {
  process.send?.('ready')
  for (let i = 0; i < batches; i++)
    await connection.ask(fetchFrame(topic, i, { maxWaitMs: 60_000, maxBytes: 2 * batchBytes }))
}
connection.close()
process.disconnect()
