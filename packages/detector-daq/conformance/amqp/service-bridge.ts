/* One of our primary services whose functions are run by the process that started this one: service-bridge.ts BROKER NAME TAG.
 * Lines of JSON: {"request", "id"} and {"kill"} go out, {"id", "result"} or {"id", "error"} come in. */
import { createInterface } from 'node:readline'
import { brokerAddress, serviceLogger, startPrimaryService } from '../../src/services.ts'

interface Outcome {
  readonly id: string
  readonly result?: unknown
  readonly error?: string
}

const [broker = '', name = '', tag = '#'] = process.argv.slice(2)
const waiting = new Map<string, (outcome: Outcome) => void>()
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
const service = await startPrimaryService(
  {
    kind: 'primary',
    onRequest: (id, request) =>
      new Promise((resolve, reject) => {
        waiting.set(id, ({ result, error }) =>
          error === undefined ? resolve(result) : reject(new Error(error)),
        )
        say({ request, id })
      }),
    onKill: (id) => say({ kill: id }),
  },
  { name, config: {}, args: {}, log: serviceLogger(name, 'ERROR'), signal: new AbortController().signal },
  { address: brokerAddress(broker, 'broker_url'), tags: [tag] },
)
say({ ready: true })
for await (const line of createInterface({ input: process.stdin })) {
  const outcome = JSON.parse(line) as Outcome
  waiting.get(outcome.id)?.(outcome)
  waiting.delete(outcome.id)
}
await service.close()
