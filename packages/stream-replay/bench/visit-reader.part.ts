/* One consumer of the visit in a process of its own: node visit-reader.part.ts PORT GROUP COUNT. Tells when it is ready and when
 * it has everything. */
import { openBus } from '@beamtime/bus'

const [, , port = '', groupId = '', count = ''] = process.argv
const bus = openBus({ bootstrapServers: [`127.0.0.1:${port}`], clientId: groupId })
const stop = new AbortController()
let [seen, firstMs] = [0, 0]
process.send?.('ready')
await bus.consume({
  groupId,
  topics: ['visit'],
  from: 'earliest',
  signal: stop.signal,
  onBatch: ({ records }) => {
    if (seen === 0) firstMs = Date.now()
    seen += records.length
    if (seen >= Number(count)) {
      process.send?.({ firstMs, lastMs: Date.now(), seen })
      stop.abort()
    }
    return Promise.resolve()
  },
})
await bus.close()
process.exit(0)
