/* A recorder in a process of its own, to be killed: node recorder-process.ts PORT DIRECTORY TOPIC */
import { openReplay } from '../src/open-replay.ts'

const [, , port = '', directory = '', topic = ''] = process.argv
const replay = openReplay({ bus: { bootstrapServers: [`127.0.0.1:${port}`], clientId: 'recorder' } })
const recorder = await replay.recorder(directory, { topics: [topic], from: { kind: 'earliest' } })
const timer = setInterval(() => process.send?.({ count: recorder.progress().count }), 10)
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => recorder.stop())
await recorder.run()
clearInterval(timer)
await replay.close()
process.exit(0)
