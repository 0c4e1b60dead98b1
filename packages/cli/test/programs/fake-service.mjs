// A service for tests of the supervisor: says that it is ready, then does what its arguments say.
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, writeFileSync } from 'node:fs'

const [journal, role, what = 'run'] = process.argv.slice(2)
const note = (text) => appendFileSync(journal, `${role} ${text} ${process.pid}\n`)

note('start')
if (what === 'config') {
  process.send({
    kind: 'failed',
    exitCode: 78,
    message: `${role}.listen: taken`,
    remedy: `change ${role}.listen`,
  })
  process.exit(78)
}
if (what === 'grandchild') {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    detached: true,
    stdio: 'ignore',
  })
  note(`child ${child.pid}`)
}
if (what === 'once-bad' && !existsSync(`${journal}.${role}`)) {
  writeFileSync(`${journal}.${role}`, '')
  process.exit(1)
}
process.on('SIGTERM', () => {
  if (what === 'stubborn') return
  note('drain')
  process.exit(0)
})
process.on('disconnect', () => process.exit(0))
process.stderr.write(`${role} speaks\n`)
process.send({ kind: 'ready', endpoints: [{ name: role, url: `tcp://127.0.0.1:1` }] })
if (what === 'crashing') setTimeout(() => process.exit(3), 20)
setInterval(() => undefined, 1_000)
