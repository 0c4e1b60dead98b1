/* A member of a group in a process of its own, to be killed: node member-process.ts PORT. Tells how many records it committed. */
import { openBus } from '../src/index.ts'

const [, , port = '0'] = process.argv
const bus = openBus({ bootstrapServers: [`127.0.0.1:${port}`], clientId: 'member' })
let handled = 0
process.on('disconnect', () => process.exit(0))
setInterval(() => {
  // By the time that the next tick comes the commit of what was handled is through.
  if (handled > 0) process.send?.(handled)
  handled = 0
}, 200)
await bus.consume({
  groupId: 'g',
  instanceId: 'one',
  topics: ['t'],
  from: 'earliest',
  signal: new AbortController().signal,
  onBatch: ({ records }) => {
    handled += records.length
    return Promise.resolve()
  },
})
