/** A manager whose work breaks off must end, so that another follows; it must not live on and answer nobody. */
import { silentLogger } from '@beamtime/service-kit'
import { afterEach, expect, test } from 'vitest'
import type { ManagerAction } from '../src/core/manager-events.ts'
import { createManagerShell, type ManagerShell, type ShellParts } from '../src/manager-shell.ts'

const replies: number[] = []
const failures: unknown[] = []
let shell: ManagerShell

afterEach(async () => {
  await shell.close()
  replies.length = 0
  failures.length = 0
})

const answer = (id: number): ManagerAction => ({
  kind: 'reply',
  id,
  method: 'status',
  body: { success: true },
})
const change: ManagerAction = { kind: 'store', changes: [] }

/** Each event is given the next actions. */
function shellThatDoes(
  steps: ManagerAction[][],
  broken: Partial<Record<'reply' | 'apply', () => never>>,
): void {
  const parts = {
    core: { status: {}, step: () => steps.shift() ?? [] },
    control: {
      reply(id: number) {
        broken.reply?.()
        replies.push(id)
      },
    },
    info: null,
    store: { apply: () => broken.apply?.() },
    log: silentLogger,
    replied: () => undefined,
    failed: (error: unknown) => failures.push(error),
  }
  shell = createManagerShell(parts as unknown as ShellParts)
}

const fail = (): never => {
  throw new Error('it broke')
}

test('an answer that cannot be written is a failure of the manager, and what was decided after it is not done', () => {
  shellThatDoes([[answer(1), answer(2)]], { reply: fail })
  shell.event({ kind: 'continue' })
  expect(failures).toHaveLength(1)
  expect(replies).toEqual([])
  expect(shell.backlog()).toEqual({ actions: 0, doing: '' })
})

test('what is not durable is not said, and the manager fails', () => {
  shellThatDoes([[change, answer(1)], [answer(2)]], { apply: fail })
  shell.event({ kind: 'continue' })
  expect(failures).toHaveLength(1)
  expect(replies).toEqual([])
  shell.event({ kind: 'continue' })
  expect(replies).toEqual([2])
})
