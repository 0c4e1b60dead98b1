import { expect, test } from 'vitest'
import { createConsoleBacklog, type ConsoleMessage } from '../../src/console/console-backlog.ts'

test('a message counts as delivered only when it has left the process', () => {
  const backlog = createConsoleBacklog()
  const done: (() => void)[] = []
  backlog.attach((_message, whenDone) => {
    done.push(whenDone)
    return true
  })
  backlog.push('a', 1)
  backlog.push('b', 2)
  done[0]?.()
  backlog.detach()
  done[1]?.()
  const again: ConsoleMessage[] = []
  backlog.attach((message) => {
    again.push(message)
    return true
  })
  expect(again).toEqual([{ time: 2, msg: 'b' }])
})

test('beyond the limit the oldest are dropped and counted', () => {
  const backlog = createConsoleBacklog(10)
  for (const text of ['aaaa', 'bbbb', 'cccc']) backlog.push(text, 0)
  expect(backlog.dropped).toBe(1)
  expect(backlog.keptBytes).toBe(8)
})

test('a connection that takes no more gets the rest when it does again', () => {
  const backlog = createConsoleBacklog()
  const got: string[] = []
  let takes = false
  backlog.attach((message, done) => {
    got.push(message.msg)
    done()
    return takes
  })
  for (const text of ['a', 'b', 'c']) backlog.push(text, 0)
  expect(got).toEqual(['a'])
  takes = true
  backlog.resume()
  expect(got).toEqual(['a', 'b', 'c'])
  expect(backlog.keptBytes).toBe(0)
})
