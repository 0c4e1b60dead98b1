import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { atomicWriteFile, type Logger } from '@beamtime/service-kit'
import { LiveDataError } from '../error.ts'
import type { LiveGrid, LiveParameters, LiveStart } from '../ui-types.ts'
import { gridsOf } from './grid-form.ts'
import { plainYaml } from './grid-yaml.ts'

/** Layouts and settings of an instrument, in the files that upstream's dashboard uses. Shared by all sessions. */
export interface LiveStore {
  grids(): readonly LiveGrid[]
  /**
   * Replaces all: add, edit, reorder, remove. Throws LIVEDATA_LAYOUT_WRONG, and LIVEDATA_REFUSED when `before` is given and
   * somebody else changed them since.
   */
  setGrids(grids: readonly unknown[], before?: readonly unknown[]): readonly LiveGrid[]
  /** Settings that the form of a workflow begins with: those it was started with last. */
  settings(workflow: string): readonly LiveStart[]
  saveSettings(
    workflow: string,
    started: { readonly jobNumber: string; readonly sources: readonly LiveStart[] },
  ): void
  onChange(listener: () => void): () => void
  /** Writes what is not written yet. */
  close(): Promise<void>
}

const writeMs = 1_000
const maxWorkflows = 100

interface Job {
  readonly params: LiveParameters
  readonly aux_source_names: Readonly<Record<string, string>>
}
interface WorkflowConfig {
  readonly jobs: Readonly<Record<string, Job>>
  readonly current_job?: { readonly job_number: string; readonly jobs: Readonly<Record<string, Job>> }
}

/** `directory` is that of all instruments. A file that cannot be read is kept aside and said in the log. */
export async function openLiveStore(options: {
  readonly directory: string
  readonly instrument: string
  readonly log: Logger
}): Promise<LiveStore> {
  const folder = join(options.directory, options.instrument)
  const gridFile = join(folder, 'plot_configs.yaml')
  const workflowFile = join(folder, 'workflow_configs.yaml')
  await mkdir(folder, { recursive: true })
  const { log } = options
  let grids = await readYaml(gridFile, { log, check: gridsOf, none: [] })
  const workflows = new Map(Object.entries(await readYaml(workflowFile, { log, check: configsOf, none: {} })))
  const listeners = new Set<() => void>()
  const dirty = new Set<'grids' | 'workflows'>()
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> = Promise.resolve()

  const write = async (): Promise<void> => {
    const parts = [...dirty]
    dirty.clear()
    for (const part of parts)
      await (part === 'grids'
        ? atomicWriteFile(gridFile, stringify({ plot_grids: { grids } }, plainYaml))
        : atomicWriteFile(workflowFile, stringify(Object.fromEntries(workflows), plainYaml)))
  }
  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    writing = writing
      .then(write)
      .catch((error: unknown) => log.error('livedata.store-failed', { folder, err: error }))
    return writing
  }
  const changed = (part: 'grids' | 'workflows'): void => {
    dirty.add(part)
    timer ??= setTimeout(() => void flush(), writeMs)
    for (const listener of listeners) listener()
  }
  return {
    grids: () => grids,
    setGrids(next, before) {
      if (before !== undefined && JSON.stringify(gridsOf(before)) !== JSON.stringify(grids))
        throw new LiveDataError({
          code: 'LIVEDATA_REFUSED',
          message: 'somebody else has changed the layouts',
          fault: 'caller',
          remedy: 'look at them as they are now, and change them again',
          canRetry: true,
        })
      grids = gridsOf(next)
      changed('grids')
      return grids
    },
    settings: (workflow) =>
      Object.entries(workflows.get(workflow)?.jobs ?? {}).map(([source, job]) => ({
        source,
        parameters: job.params,
        auxSources: job.aux_source_names,
      })),
    saveSettings(workflow, { jobNumber, sources }) {
      const jobs = Object.fromEntries(
        sources.map(({ source, parameters, auxSources = {} }) => [
          source,
          { params: parameters, aux_source_names: auxSources },
        ]),
      )
      workflows.delete(workflow)
      workflows.set(workflow, { jobs, current_job: { job_number: jobNumber, jobs } })
      if (workflows.size > maxWorkflows)
        for (const oldest of [...workflows.keys()].slice(0, maxWorkflows / 5)) workflows.delete(oldest)
      changed('workflows')
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: flush,
  }
}

async function readYaml<T>(
  path: string,
  options: { readonly log: Logger; readonly check: (raw: unknown) => T; readonly none: T },
): Promise<T> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return options.none
    throw error
  }
  try {
    const raw: unknown = parse(text, { maxAliasCount: 0 })
    return raw === null ? options.none : options.check(raw)
  } catch (error) {
    const aside = `${path}.unreadable`
    await atomicWriteFile(aside, text)
    options.log.error('livedata.store-unreadable', { path, kept: aside, err: error })
    return options.none
  }
}

function configsOf(raw: unknown): Record<string, WorkflowConfig> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw new TypeError('not a table')
  const found: Record<string, WorkflowConfig> = {}
  for (const [workflow, entry] of Object.entries(raw as Record<string, unknown>)) {
    if (typeof entry !== 'object' || entry === null) continue
    const { jobs, current_job: current } = entry as {
      jobs?: unknown
      current_job?: { job_number?: unknown; jobs?: unknown }
    }
    const number = current?.job_number
    found[workflow] = {
      jobs: jobsOf(jobs),
      ...(typeof number === 'string'
        ? { current_job: { job_number: number, jobs: jobsOf(current?.jobs) } }
        : {}),
    }
  }
  return found
}

function jobsOf(raw: unknown): Readonly<Record<string, Job>> {
  if (typeof raw !== 'object' || raw === null) return {}
  return Object.fromEntries(
    Object.entries(raw as Record<string, unknown>).map(([source, job]) => {
      const { params, aux_source_names } = (job ?? {}) as { params?: unknown; aux_source_names?: unknown }
      return [
        source,
        {
          params: (typeof params === 'object' && params !== null ? params : {}) as LiveParameters,
          aux_source_names: (typeof aux_source_names === 'object' && aux_source_names !== null
            ? aux_source_names
            : {}) as Readonly<Record<string, string>>,
        },
      ]
    }),
  )
}
