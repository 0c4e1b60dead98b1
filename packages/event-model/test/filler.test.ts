import { expect, test } from 'vitest'
import {
  composeRun,
  Filler,
  unixSeconds,
  type Event,
  type NamedDocument,
  type ResourceHandlerFactory,
} from '../src/index.ts'

const t = unixSeconds(1)

function imageRun(): { before: NamedDocument[]; event: Event } {
  const run = composeRun()
  const stream = run.composeDescriptor({
    name: 'primary',
    data_keys: {
      det: { dtype: 'number', shape: [], source: 's' },
      img: { dtype: 'array', shape: [2], source: 's', external: 'FILESTORE:' },
    },
  })
  const resource = run.composeResource({
    uid: 'R',
    spec: 'NPY',
    root: '/old',
    resource_path: 'a/b',
    resource_kwargs: { k: 1 },
  })
  const datum = resource.composeDatum({ i: 7 })
  return {
    before: [
      ['descriptor', stream.descriptorDoc],
      ['resource', resource.resourceDoc],
      ['datum', datum],
    ],
    event: stream.composeEvent({
      data: { det: 1, img: 'R/0' },
      timestamps: { det: t, img: t },
      filled: { img: false },
    }),
  }
}
const npy: ResourceHandlerFactory = (path, kwargs) => (datum) => ({ path, kwargs, datum })

test('the datum id is replaced by what the handler reads, and noted in filled', async () => {
  const { before, event } = imageRun()
  const filler = new Filler({ handlers: { NPY: npy }, rootMap: { '/old': '/new' } })
  for (const named of before) await filler.fill(named)
  const [, filled] = await filler.fill(['event', event])
  expect(filled).toMatchObject({
    data: { det: 1, img: { path: '/new/a/b', kwargs: { k: 1 }, datum: { i: 7 } } },
    filled: { img: 'R/0' },
  })
  expect(event.data['img']).toBe('R/0')
  await filler.close()
})

test('an event without filled is filled by its descriptor', async () => {
  const { before, event } = imageRun()
  const { filled: _filled, ...bare } = event
  const filler = new Filler({ handlers: { NPY: () => () => 'pixels' } })
  for (const named of before) await filler.fill(named)
  expect((await filler.fill(['event', bare]))[1]).toMatchObject({ data: { img: 'pixels' } })
})

test('excluded keys stay as they are', async () => {
  const { before, event } = imageRun()
  const filler = new Filler({ handlers: {}, exclude: ['img'] })
  for (const named of before) await filler.fill(named)
  expect((await filler.fill(['event', event]))[1]).toEqual(event)
})

test('an unknown datum and an unknown spec are told apart', async () => {
  const { before, event } = imageRun()
  const empty = new Filler({ handlers: { NPY: npy } })
  await expect(empty.fill(['event', event])).rejects.toMatchObject({ code: 'EVENT_MODEL_FOREIGN_KEY' })
  const noHandler = new Filler({ handlers: {} })
  for (const named of before) await noHandler.fill(named)
  await expect(noHandler.fill(['event', event])).rejects.toMatchObject({ code: 'EVENT_MODEL_NO_HANDLER' })
})

test('a file that appears late is read after a retry; one that never does is an error that can be retried', async () => {
  const { before, event } = imageRun()
  let attempts = 0
  const late: ResourceHandlerFactory = () => () => {
    if (++attempts < 3) throw Object.assign(new Error('not there'), { code: 'ENOENT' })
    return 'pixels'
  }
  const filler = new Filler({ handlers: { NPY: late }, retryIntervalsMs: [0, 0] })
  for (const named of before) await filler.fill(named)
  expect((await filler.fill(['event', event]))[1]).toMatchObject({ data: { img: 'pixels' } })
  attempts = -100
  await expect(filler.fill(['event', event])).rejects.toMatchObject({
    code: 'EVENT_MODEL_DATA_NOT_ACCESSIBLE',
    canRetry: true,
  })
})
