/** Ends processes at random moments, in every way there is, and waits until a manager answers again. */
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { SoakClient } from './client.ts'
import type { SoakState } from './soak-state.ts'

interface Kill {
  readonly name: string
  readonly weight: number
  /** False: there was nothing to be killed. */
  readonly act: (soak: SoakState) => Promise<boolean>
}

const meanPauseMs = 2_000

const kills: readonly Kill[] = [
  { name: 'manager', weight: 12, act: killManager },
  { name: 'worker', weight: 8, act: (soak) => Promise.resolve(soak.family.killWorker()) },
  { name: 'manager and worker', weight: 2, act: killBoth },
  { name: 'manager_kill', weight: 2, act: askManagerToHang },
  { name: 'all processes', weight: 2, act: killAll },
  { name: 'manager_stop', weight: 2, act: stopAndStart },
  { name: 'SIGTERM', weight: 1, act: terminate },
]
const totalWeight = kills.reduce((sum, { weight }) => sum + weight, 0)

export async function killAtRandom(soak: SoakState, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(-Math.log(1 - soak.random(1_000) / 1_000) * meanPauseMs)
    if (signal.aborted) return
    await soak.alone(async () => {
      if (soak.family.hasEnded) {
        soak.problem(`start-re-manager ended with code ${soak.family.exitCode}: ${soak.family.lastWords}`)
        await startAgain(soak)
      }
      const kill = pick(soak.random(totalWeight))
      if (await kill.act(soak)) soak.kills[kill.name] = (soak.kills[kill.name] ?? 0) + 1
    })
  }
}

function pick(number: number): Kill {
  let rest = number
  for (const kill of kills) {
    rest -= kill.weight
    if (rest < 0) return kill
  }
  throw new Error('the weights do not add up')
}

/** Kills the manager process; the watching process starts another. */
export async function killManager(soak: SoakState): Promise<boolean> {
  const { managerPid } = soak.family
  if (managerPid === null || !soak.family.killManager()) return false
  await comesBack(soak, managerPid)
  return true
}

async function killBoth(soak: SoakState): Promise<boolean> {
  const { managerPid } = soak.family
  if (managerPid === null || !soak.family.killManager()) return false
  soak.family.killWorker()
  await comesBack(soak, managerPid)
  return true
}

/** The method that clients have for this. It is never answered. */
async function askManagerToHang(soak: SoakState): Promise<boolean> {
  const { managerPid } = soak.family
  if (managerPid === null) return false
  const client = new SoakClient(soak.family.control, soak.book)
  void client.call('manager_kill')
  const ended = await gone(managerPid)
  client.cutOff()
  client.close()
  if (!ended) soak.problem('manager_kill did not end the manager')
  await comesBack(soak, managerPid)
  return true
}

async function comesBack(soak: SoakState, managerPid: number): Promise<void> {
  const startMs = performance.now()
  if (!(await gone(managerPid))) soak.problem('a killed manager lives')
  soak.cutOff()
  await soak.answered()
  soak.restartsMs.push(performance.now() - startMs)
}

async function gone(pid: number): Promise<boolean> {
  const deadline = performance.now() + 10_000
  while (existsSync(`/proc/${pid}`) && performance.now() < deadline) await sleep(2)
  return !existsSync(`/proc/${pid}`)
}

async function killAll(soak: SoakState): Promise<boolean> {
  await soak.family.killAll()
  return await startAgain(soak)
}

async function terminate(soak: SoakState): Promise<boolean> {
  await soak.family.terminate()
  return await startAgain(soak)
}

const lost = Symbol('lost')
const lostAfterMs = 2_000

async function stopAndStart(soak: SoakState): Promise<boolean> {
  const client = new SoakClient(soak.family.control, soak.book)
  const option = ['safe_on', 'safe_off'][soak.random(2)]
  const reply = await Promise.race([
    client.call('manager_stop', { option }),
    soak.family.ended().then(() => sleep(lostAfterMs, lost)),
  ])
  client.close()
  if (reply === lost) {
    soak.problem(
      `manager_stop (${option}) ended the manager (code ${soak.family.exitCode}) without its answer`,
    )
    return await startAgain(soak)
  }
  if (reply?.['success'] !== true) return false
  const ended = await Promise.race([soak.family.ended().then(() => true), sleep(20_000, false)])
  if (!ended) soak.problem(`manager_stop (${option}) did not end the manager within 20 s`)
  else if (soak.family.exitCode !== 0) soak.problem(`manager_stop: exit code ${soak.family.exitCode}`)
  return await startAgain(soak)
}

async function startAgain(soak: SoakState): Promise<true> {
  soak.cutOff()
  await soak.family.ended()
  soak.family.startAgain()
  await soak.answered()
  return true
}
