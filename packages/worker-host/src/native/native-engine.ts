import { join } from 'node:path'
import type { RunEngine } from '@beamtime/run-engine'
import type { Logger } from '@beamtime/service-kit'
import { WorkerHostError } from '../error.ts'
import { rejected } from '../host/rejected.ts'
import { existingLists } from '../lists/existing-lists.ts'
import type { AllowedNames, ExistingLists, FunctionToRun, PlanToRun } from '../protocol.ts'
import { installModuleHooks } from '../startup/module-hooks.ts'
import { createNamespace } from '../startup/namespace.ts'
import { isPlainFunction } from '../startup/plan-functions.ts'
import {
  declareRoots,
  loadStartupFiles,
  runSetup,
  startupFiles,
  startupRoot,
} from '../startup/startup-loader.ts'
import type { WorkerStartup } from '../worker-spec.ts'
import type { EngineEvents, ScriptToLoad, WorkerEngine } from '../worker-engine.ts'
import { adoptRunEngine, createRunEngine, isRunEngine, type EngineSettings } from './engine-binding.ts'
import { callFunction } from './function-call.ts'
import { nameScope, type NameScope } from './name-scope.ts'
import { createPlanRunner, type PlanRunner } from './plan-runner.ts'
import { preparePlan } from './prepare-plan.ts'
import { standardNames } from './standard-names.ts'
import { writeScript } from './script-file.ts'

export interface NativeEngineOptions extends EngineSettings {
  readonly startup: WorkerStartup
  readonly dataDir: string
  readonly cwd: string
  readonly deviceMaxDepth: number
  readonly log: Logger
  readonly events: EngineEvents
}

/** The run engine of this product, in this process and thread. */
export function createNativeEngine(options: NativeEngineOptions): WorkerEngine {
  const { events, log, startup } = options
  const hooks = installModuleHooks(options.cwd)
  const scriptsDir = join(options.dataDir, 'state', 'scripts')
  const namespace = createNamespace((name, by) => {
    log.info('startup.name-shadowed', { name, by })
    events.notice(`The name '${name}' was defined before and is now that of '${by}'.`)
  })
  let engine: RunEngine | null = null
  let runner: PlanRunner | null = null
  let lists: ExistingLists = { lists_uid: '', existing_plans: {}, existing_devices: {} }
  let allowed: Readonly<Record<string, AllowedNames>> | null = null
  /** User code has run since startup. Without, this host may be one that only tells its lists beside a living one, and
   * must not put its old metadata over the other's. */
  let hasRun = false
  let answer: ((text: string) => void) | null = null

  function useEngine(next: RunEngine): void {
    engine = next
    runner = createPlanRunner({ engine: next, events })
    namespace.values['RE'] = next
    next.hooks.inputHook = ask
  }

  function ask(prompt: string, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const forget = (): void => {
        answer = null
        signal.removeEventListener('abort', stop)
      }
      const stop = (): void => {
        forget()
        reject(new Error('the question was withdrawn'))
      }
      answer = (text) => {
        forget()
        resolve(text)
      }
      signal.addEventListener('abort', stop, { once: true })
      events.input(prompt)
    })
  }

  function scopeOf(group: string | undefined): NameScope {
    return nameScope(namespace.values, group === undefined ? null : (allowed?.[group] ?? null))
  }

  function updateLists(): void {
    const next = existingLists({ namespace, deviceMaxDepth: options.deviceMaxDepth, previous: lists })
    const changed = next.lists_uid !== lists.lists_uid
    lists = next
    if (changed) events.listsChanged()
  }

  function requireRunner(): PlanRunner {
    if (runner === null) throw rejected('Run Engine is not found in the RE Worker environment.')
    return runner
  }

  return {
    async open() {
      declareRoots(startup, hooks)
      hooks.addRoot(scriptsDir)
      const steps = await loadStartupFiles(startupFiles(startup), namespace)
      const standard = standardNames({ devices: startup.kind === 'demo' })
      namespace.addMissing(standard.plans, '@beamtime/run-engine')
      namespace.addMissing(standard.devices, '@beamtime/run-engine')
      const exported = namespace.values['RE']
      useEngine(isRunEngine(exported) ? adoptRunEngine(exported, options) : createRunEngine(options))
      await runSetup(steps, engine, namespace)
      updateLists()
    },
    get reState() {
      return engine?.state ?? null
    },
    get deferredPauseRequested() {
      return engine?.deferredPauseRequested ?? false
    },
    get lists() {
      return lists
    },
    metadata() {
      if (engine === null) return Promise.reject(new Error('Run Engine does not exist in worker environment'))
      return Promise.resolve({ ...engine.md })
    },
    setAllowed(next) {
      allowed = next
    },
    async startPlan(plan: PlanToRun, metadata) {
      const target = requireRunner()
      const prepared = preparePlan({ plan, values: namespace.values, scope: scopeOf(plan.user_group) })
      hasRun = true
      target.start(prepared, metadata)
    },
    requestPause(option) {
      requireRunner()
      engine?.requestPause(option === 'deferred')
      events.stateChanged()
    },
    continuePlan(option, reason) {
      requireRunner().continue(option, reason ?? '')
    },
    async loadScript(script: ScriptToLoad) {
      hasRun = true
      const file = writeScript(scriptsDir, script)
      const engineBefore = namespace.values['RE']
      hooks.addScript({ path: file.path, root: startupRoot(startup) ?? scriptsDir, uid: script.task_uid })
      try {
        const steps = await loadStartupFiles([file], namespace)
        await runSetup(steps, engine, namespace)
      } catch (error) {
        throw scriptFailed(error)
      } finally {
        const engineNow = namespace.values['RE']
        if (script.update_re && isRunEngine(engineNow) && engineNow !== engine) {
          useEngine(adoptRunEngine(engineNow, options))
        } else {
          namespace.values['RE'] = engineBefore
        }
        file.remove()
        if (script.update_lists) updateLists()
      }
      return null
    },
    async executeFunction(call: FunctionToRun) {
      hasRun = true
      const target = namespace.values[call.name]
      if (target === undefined)
        throw new Error(`Function '${call.name}' is not found in the worker namespace`)
      return await callFunction(call, {
        target,
        isCallable: isPlainFunction(target),
        scope: scopeOf(call.user_group),
      })
    },
    answerInput(text) {
      if (answer === null) return false
      answer(text)
      return true
    },
    close() {
      hooks.close()
      if (hasRun) engine?.saveMetadata()
      return Promise.resolve()
    },
  }
}

/** In the queue server's words, misspelling included: clients look for them. */
function scriptFailed(error: unknown): Error {
  const cause = error instanceof WorkerHostError ? error.cause : error
  const text = cause instanceof Error ? cause.message : String(cause)
  return new Error(`Failed to execute stript: ${text}`, { cause })
}
