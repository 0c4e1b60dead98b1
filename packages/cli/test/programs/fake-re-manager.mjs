// Stands for the manager process under its watch. Arguments: a file that counts starts, then what each start does.
import { appendFileSync, readFileSync } from 'node:fs'

const [, , file, ...behaviours] = process.argv
setInterval(() => undefined, 60_000)
process.once('disconnect', () => process.exit(0))
process.once('message', (message) => {
  appendFileSync(file, `${JSON.stringify({ pid: process.pid, ...message })}\n`)
  const number = readFileSync(file, 'utf8').trim().split('\n').length
  const say = (kind, more) => process.send({ kind, ...more })
  switch (behaviours[number - 1]) {
    case 'falls silent':
      say('worker', { pid: 4_000_000 })
      return say('ready')
    case 'never gets ready':
      return
    case 'fails':
      say('failed', { message: 'the address is taken', remedy: 'Free it.' })
      return process.disconnect()
    case 'dies':
      say('ready')
      return setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50)
    case 'stops':
      say('ready')
      say('stopping')
      return process.disconnect()
    case 'does not stop':
      say('ready')
      return say('stopping')
    default:
      return process.disconnect()
  }
})
