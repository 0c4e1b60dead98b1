import type { ServiceContext } from '@beamtime/service-kit'
import type { ExistingLists, WirePlan, WireDevice } from '@beamtime/worker-host/client'
import type { ManagerConfig } from './manager-config.ts'
import type { StartupSource } from './startup-source.ts'
import { createWorkerLink } from './worker-link.ts'
import { listsPlace, writeWorkerSpec } from './worker-spec-file.ts'

/** Why there are no lists. */
export interface ListsProblem {
  readonly msg: string
  readonly traceback: string
}

export interface MadeLists {
  readonly plans: Readonly<Record<string, WirePlan>>
  readonly devices: Readonly<Record<string, WireDevice>>
}

/** Startup code of a beamline may connect to hardware before it is done. */
const budgetMs = 120_000

/**
 * Loads the startup code once in a worker host that runs nothing and publishes nothing, and ends it again: so there
 * are plan forms before the first environment is opened. Resolves with a problem when the startup code fails, the host
 * ends or the signal aborts.
 */
export async function makeLists(options: {
  readonly config: ManagerConfig
  readonly context: ServiceContext
  readonly source: StartupSource
  readonly signal: AbortSignal
}): Promise<MadeLists | ListsProblem> {
  const { config, context, source, signal } = options
  const place = listsPlace(context, config.name)
  await writeWorkerSpec({ config, context, place, source, permissions: null })
  if (signal.aborted) return interrupted
  return await new Promise((resolve) => {
    const link = createWorkerLink({
      ...place,
      command: [...config.workerCommand, '--socket', place.socketPath, '--spec', place.specPath],
      onEvent(event) {
        if (event.event === 'lists') finish(listsOf(event))
        else if (event.event === 'startup_failed') finish({ msg: event.msg, traceback: event.traceback })
        else if (event.event === 'hello' && event.state.environment_state === 'idle') void ask()
      },
      onGone: (reason) => finish({ msg: reason, traceback: '' }),
    })
    const timer = setTimeout(
      () => finish({ msg: 'the startup code takes too long', traceback: '' }),
      budgetMs,
    )
    signal.addEventListener('abort', () => finish(interrupted), { once: true })
    let done = false

    /** It had loaded everything before we were connected. */
    async function ask(): Promise<void> {
      const answer = await link.ask('request_plans_and_devices_list', {}, 10_000)
      finish(
        answer.ok
          ? listsOf(answer.result as ExistingLists)
          : { msg: answer.reason, traceback: answer.traceback },
      )
    }

    function finish(lists: MadeLists | ListsProblem): void {
      if (done) return
      done = true
      clearTimeout(timer)
      link.kill()
      link.detach()
      context.log.info('lists.made-without-environment', { ok: 'plans' in lists })
      resolve(lists)
    }

    link.spawn()
  })
}

const interrupted: ListsProblem = { msg: 'making of lists was interrupted', traceback: '' }

function listsOf(lists: ExistingLists): MadeLists {
  return { plans: lists.existing_plans, devices: lists.existing_devices }
}
