import { readFileSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { silentLogger } from '@beamtime/service-kit'
import { tempDir } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { openLiveStore } from '../../src/index.ts'

const grid = {
  title: 'Overview',
  nrows: 2,
  ncols: 3,
  enabled: true,
  cells: [
    {
      geometry: { row: 0, col: 0, row_span: 1, col_span: 2 },
      user_title: 'Panel',
      layers: [
        {
          data_sources: {
            primary: { workflow_id: 'dummy/panel_0_xy/1', source_names: ['panel_0'], view_name: 'image' },
          },
          plot_name: 'image',
          params: { plot_scale: { color_scale: 'log' } },
        },
      ],
    },
  ],
}

test('layouts and settings are there again, in the files that upstream reads', async () => {
  const folder = tempDir()
  const place = { directory: folder.path, instrument: 'dummy', log: silentLogger }
  const first = await openLiveStore(place)
  first.setGrids([grid])
  const sources = [{ source: 'panel_0', parameters: { toa_edges: { num_bins: 50 } }, auxSources: {} }]
  first.saveSettings('dummy/panel_0_xy/1', { jobNumber: 'j1', sources })
  await first.close()
  const second = await openLiveStore(place)
  expect(second.grids()).toEqual([grid])
  expect(second.settings('dummy/panel_0_xy/1')).toEqual(sources)
  const written = parse(readFileSync(join(folder.path, 'dummy/workflow_configs.yaml'), 'utf8')) as unknown
  expect(written).toMatchObject({
    'dummy/panel_0_xy/1': {
      jobs: { panel_0: { params: { toa_edges: { num_bins: 50 } }, aux_source_names: {} } },
      current_job: { job_number: 'j1' },
    },
  })
  await second.close()
  await folder.close()
})

test('a file that cannot be read is kept aside and does not stop the dashboard', async () => {
  const folder = tempDir()
  mkdirSync(join(folder.path, 'dummy'))
  writeFileSync(join(folder.path, 'dummy/plot_configs.yaml'), 'plot_grids: {grids: [{title: 1}]}')
  const store = await openLiveStore({ directory: folder.path, instrument: 'dummy', log: silentLogger })
  expect(store.grids()).toEqual([])
  expect(readFileSync(join(folder.path, 'dummy/plot_configs.yaml.unreadable'), 'utf8')).toContain('title: 1')
  await store.close()
  await folder.close()
})

test('a change on layouts that somebody else has changed is refused', async () => {
  const folder = tempDir()
  const store = await openLiveStore({ directory: folder.path, instrument: 'dummy', log: silentLogger })
  const [first] = store.setGrids([grid], [])
  const other = { ...grid, title: 'Other' }
  expect(() => store.setGrids([other], [])).toThrow('somebody else has changed the layouts')
  // The order of keys is not a change.
  const { title, ...more } = first ?? grid
  expect(store.setGrids([other], [{ ...more, title }])).toEqual([other])
  await store.close()
  await folder.close()
})
