import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { unavailable } from '../error.ts'
import { isRecord } from '../http/body.ts'

const answerWithinMs = 2_000
const maxAnswerBytes = 1024 * 1024

/** The control socket of `beamtime up`, when this installation runs under it. */
export interface Supervisor {
  readonly present: boolean
  /** Ends a service; the supervisor starts it again. Throws GATEWAY_UNAVAILABLE. */
  restart(role: string): Promise<{ readonly ok: boolean; readonly detail: string }>
}

export function supervisorOf(runtimeDir: string): Supervisor {
  const path = join(runtimeDir, 'supervisor.sock')
  return {
    get present() {
      return existsSync(path)
    },
    async restart(role) {
      const answer = await askLine(path, JSON.stringify({ op: 'restart', role }))
      return {
        ok: answer['ok'] === true,
        detail: typeof answer['detail'] === 'string' ? answer['detail'] : '',
      }
    },
  }
}

/** One JSON line each way. */
function askLine(path: string, line: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    let text = ''
    const fail = (cause?: unknown): void => {
      socket.destroy()
      reject(
        unavailable('The supervisor does not answer: restart the service with `beamtime restart`.', cause),
      )
    }
    socket.setTimeout(answerWithinMs, () => fail())
    socket.once('error', fail)
    socket.setEncoding('utf8')
    socket.once('connect', () => socket.write(`${line}\n`))
    socket.on('data', (chunk: string) => {
      text += chunk
      if (text.length > maxAnswerBytes) fail()
      const end = text.indexOf('\n')
      if (end === -1) return
      socket.destroy()
      try {
        const value: unknown = JSON.parse(text.slice(0, end))
        if (isRecord(value)) resolve(value)
        else fail()
      } catch (error) {
        fail(error)
      }
    })
  })
}
