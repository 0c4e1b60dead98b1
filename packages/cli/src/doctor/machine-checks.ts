import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { isWritable } from '../config/online-checks.ts'
import { bytesText } from '../print.ts'
import { bad, ok, warn, type Check } from './check.ts'

/** What holds for this machine whether the platform runs or not. */
export function machineChecks(dataDir: string): readonly Check[] {
  return [
    nodeCheck(),
    dataCheck(dataDir),
    diskCheck(dataDir),
    clockCheck(),
    descriptorCheck(),
    receiveBufferCheck(),
  ]
}

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isNew = major > 24 || (major === 24 && minor >= 6)
  return isNew
    ? ok('node', process.versions.node)
    : bad('node', process.versions.node, 'run `npm install` in the folder of the project: it brings Node 24')
}

function dataCheck(dataDir: string): Check {
  return isWritable(dataDir)
    ? ok('data directory', dataDir)
    : bad(
        'data directory',
        `${dataDir} cannot be written`,
        'give another one with --data DIR, or change its owner',
      )
}

const wantedFreeBytes = 5e9
const leastFreeBytes = 1e9

function diskCheck(dataDir: string): Check {
  let folder = dataDir
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder)
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const text = `${bytesText(free)} free`
  if (free < leastFreeBytes)
    return bad('disk', text, 'make room: the bus stops taking records below its reserve')
  return free < wantedFreeBytes ? warn('disk', text, 'make room before a long experiment') : ok('disk', text)
}

function clockCheck(): Check {
  const answer = spawnSync('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], {
    encoding: 'utf8',
    timeout: 1_500,
  })
  const text = answer.status === 0 ? answer.stdout.trim() : ''
  if (text === 'yes') return ok('clock', 'synchronized')
  return text === 'no'
    ? warn('clock', 'not synchronized', 'run a time service, e.g. timedatectl set-ntp true')
    : ok('clock', `${new Date().toISOString()} (whether it is synchronized cannot be seen here)`)
}

const wantedDescriptors = 4_096

function descriptorCheck(): Check {
  const limit = /^Max open files\s+(\d+|unlimited)/m.exec(textOf('/proc/self/limits'))?.[1]
  if (limit === undefined) return ok('open files', 'limit not visible here')
  if (limit === 'unlimited' || Number(limit) >= wantedDescriptors) return ok('open files', `limit ${limit}`)
  return warn('open files', `limit ${limit}`, `raise it: ulimit -n ${wantedDescriptors}`)
}

const wantedReceiveBytes = 67_108_864

function receiveBufferCheck(): Check {
  const bytes = Number(textOf('/proc/sys/net/core/rmem_max'))
  if (!(bytes > 0)) return ok('receive buffer', 'limit not visible here')
  return bytes >= wantedReceiveBytes
    ? ok('receive buffer', bytesText(bytes))
    : warn(
        'receive buffer',
        `${bytesText(bytes)} at most; matters for detectors over UDP only`,
        `sysctl -w net.core.rmem_max=${wantedReceiveBytes}`,
      )
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // not Linux
  }
}
