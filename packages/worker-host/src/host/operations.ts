import type { PlanToRun, WorkerOperation, WorkerState } from '../protocol.ts'
import type { WorkerEngine } from '../worker-engine.ts'
import {
  allowedParam,
  booleanParam,
  choiceParam,
  functionParam,
  planParam,
  tableParam,
  textParam,
  textsParam,
} from './parameters.ts'
import type { PlanSession } from './plan-session.ts'
import { rejected } from './rejected.ts'
import type { TaskBoard, TaskToRun } from './task-board.ts'

/** What the operations do; everything that needs more than one part of the host. */
export interface HostActions {
  state(): WorkerState
  readonly session: PlanSession
  readonly tasks: TaskBoard
  readonly engine: WorkerEngine
  runPlan(plan: PlanToRun, metadata: Readonly<Record<string, unknown>>): Promise<void>
  pausePlan(option: 'deferred' | 'immediate'): void
  continuePlan(option: 'resume' | 'stop' | 'abort' | 'halt'): void
  startTask(task: TaskToRun): number
  resetWorker(): void
  closeEnvironment(): Promise<void>
  confirmExit(): void
}

type Params = Readonly<Record<string, unknown>>
type Operation = (params: Params) => unknown

/** Decodes parameters and calls the action of each operation. */
export function createOperations(host: HostActions): (op: string, params: Params) => unknown {
  const { session, tasks, engine } = host

  const operations: Readonly<Record<WorkerOperation, Operation>> = {
    request_state: () => host.state(),
    request_plan_report: () => session.report,
    request_run_list: () => ({ run_list: session.runs }),
    request_plans_and_devices_list: () => engine.lists,
    request_task_results(params) {
      const wanted = params['task_uids'] === undefined ? null : textsParam(params, 'task_uids')
      const isWanted = ({ task_uid }: { readonly task_uid: string }): boolean =>
        wanted?.includes(task_uid) ?? true
      return { task_results: tasks.results.filter(isWanted), running: tasks.running.filter(isWanted) }
    },
    ack_report: (params) => ({ acknowledged: session.acknowledge(textParam(params, 'item_uid')) }),
    ack_tasks: (params) => ({ acknowledged: tasks.acknowledge(textsParam(params, 'task_uids')) }),
    async request_runengine_metadata() {
      return { re_metadata: await engine.metadata() }
    },
    async command_run_plan(params) {
      const plan = planParam(params)
      await host.runPlan(plan, tableParam(params, 'run_metadata'))
      return { item_uid: plan.item_uid }
    },
    command_pause_plan(params) {
      host.pausePlan(choiceParam(params, 'option', ['deferred', 'immediate']))
    },
    command_continue_plan(params) {
      host.continuePlan(choiceParam(params, 'option', ['resume', 'stop', 'abort', 'halt']))
    },
    command_reset_worker: () => host.resetWorker(),
    command_permissions_reload: (params) =>
      engine.setAllowed(allowedParam(params), params['user_group_permissions']),
    command_load_script(params) {
      const script = {
        script: textParam(params, 'script'),
        update_lists: params['update_lists'] === undefined ? true : booleanParam(params, 'update_lists'),
        update_re: booleanParam(params, 'update_re'),
        run_in_background: booleanParam(params, 'run_in_background'),
        task_uid: textParam(params, 'task_uid'),
      }
      return start(params, { title: 'Load script', run: () => engine.loadScript(script) })
    },
    command_execute_function(params) {
      const call = functionParam(params)
      const background = booleanParam(params, 'run_in_background')
      return start(params, {
        title: 'Execute function',
        run: () => engine.executeFunction(call, { background }),
      })
    },
    command_close_env: () => host.closeEnvironment(),
    command_confirm_exit: () => host.confirmExit(),
    answer_input(params) {
      if (!engine.answerInput(textParam(params, 'text'))) throw rejected('No plan waits for an answer.')
    },
  }

  function start(params: Params, task: Pick<TaskToRun, 'title' | 'run'>): unknown {
    const taskUid = textParam(params, 'task_uid')
    const background = booleanParam(params, 'run_in_background')
    return { task_uid: taskUid, time_start: host.startTask({ ...task, taskUid, background }) }
  }

  return (op, params) => {
    if (!Object.hasOwn(operations, op)) throw rejected(`Unknown operation: ${op}`)
    return operations[op as WorkerOperation](params)
  }
}
