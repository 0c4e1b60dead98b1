import { expect, test } from 'vitest'
import { HttpError, type HttpClient } from '../../src/net/http-client.ts'
import { isChanged, loadMask, maskPath, maskStoreOf, openMask } from '../../src/pages/detectors/mask-store.ts'

const size = { width: 4, height: 2 }

/** A server that has some masks; the one in use has the empty name. */
function serverWith(masks: Readonly<Record<string, readonly number[]>>): HttpClient {
  return {
    bytes: (path: string) => {
      const name = new URL(path, 'http://gallery').searchParams.get('name') ?? ''
      const found = masks[name]
      if (found === undefined)
        return Promise.reject(new HttpError({ kind: 'not-found', status: 404, message: `no mask '${name}'` }))
      return Promise.resolve(Uint8Array.from(found).buffer)
    },
  } as unknown as HttpClient
}

test('work on a mask starts from the one in use, and none in use is an empty one', async () => {
  const store = maskStoreOf('one')
  await openMask({ id: 'one', http: serverWith({ '': [] }), store, size, version: 1 })
  expect(store.getState()).toMatchObject({ isOpen: true, error: null, version: 1 })
  expect(store.getState().edit?.bytes).toHaveLength(8)
  const other = maskStoreOf('other')
  await openMask({
    id: 'other',
    http: serverWith({ '': [0, 2, 0, 0, 0, 0, 0, 9] }),
    store: other,
    size,
    version: 7,
  })
  expect(other.getState().edit?.masked).toBe(2)
  expect(isChanged(other.getState())).toBe(false)
})

test('what was painted is kept when the page is opened again, and another mask can be taken back', async () => {
  const store = maskStoreOf('two')
  const http = serverWith({ '': [0, 0, 0, 0, 0, 0, 0, 1], stop: [1, 1, 0, 0, 0, 0, 0, 0] })
  const place = { id: 'two', http, store, size, version: 1 }
  await openMask(place)
  store.getState().edit?.paint([{ y: 0, first: 0, last: 3 }], 1)
  expect(isChanged(store.getState())).toBe(true)
  store.setState({ isOpen: false })
  await openMask(place)
  expect(store.getState().edit?.masked).toBe(5)
  await loadMask(place, 'stop')
  expect([store.getState().name, store.getState().edit?.masked, isChanged(store.getState())]).toEqual([
    'stop',
    2,
    false,
  ])
  store.getState().edit?.undo()
  expect([store.getState().edit?.masked, isChanged(store.getState())]).toEqual([5, true])
})

test('a stroke that goes on is not told to the page before its end', async () => {
  const store = maskStoreOf('three')
  await openMask({ id: 'three', http: serverWith({ '': [] }), store, size, version: 1 })
  const { edit, revision } = store.getState()
  edit?.beginStroke()
  edit?.paint([{ y: 0, first: 0, last: 1 }], 1)
  expect(store.getState().revision).toBe(revision)
  edit?.endStroke()
  expect(store.getState().revision).toBe(revision + 1)
})

test('a mask that is not there or of another size leaves what is there, and says so', async () => {
  const store = maskStoreOf('four')
  const http = serverWith({ '': [1, 0, 0, 0, 0, 0, 0, 0], small: [1] })
  const place = { id: 'four', http, store, size, version: 1 }
  await openMask(place)
  await loadMask(place, 'absent')
  expect(store.getState().error).toBe("no mask 'absent'")
  await loadMask(place, 'small')
  expect([store.getState().error, store.getState().edit?.masked]).toEqual(['1 ≠ 4 × 2', 1])
})

test('names are written into addresses whatever they are', () => {
  expect(maskPath('a b', { name: 'x/y&z' }, '/apply')).toBe('/detectors/a%20b/mask/apply?name=x%2Fy%26z')
})
