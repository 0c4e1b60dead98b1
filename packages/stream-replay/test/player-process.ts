/* A player in a process of its own, to be killed: node player-process.ts PORT SOURCE FROM TO PROGRESS-FILE */
import { openReplay } from '../src/open-replay.ts'

const [, , port = '', name = '', from = '', to = '', resume = ''] = process.argv
const replay = openReplay({
  bus: { bootstrapServers: [`127.0.0.1:${port}`], clientId: 'player', retry: { minMs: 10, maxMs: 100 } },
})
const source = await replay.source(name)
const player = replay.player(source, {
  source: name,
  topicMap: { [from]: to },
  create: true,
  resume,
  pace: { kind: 'rate', perSecond: 4_000 },
})
const timer = setInterval(() => process.send?.({ sent: player.progress().sent }), 10)
process.on('disconnect', () => process.exit(0))
const result = await player.run()
clearInterval(timer)
process.send?.({ done: result.acked })
await source.close()
await replay.close()
process.exit(0)
