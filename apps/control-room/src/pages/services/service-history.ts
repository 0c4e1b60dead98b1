import { useEffect, useState } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'

export interface ServiceSamples {
  readonly times: number[]
  readonly cpu: number[]
  readonly rss: number[]
  readonly heap: number[]
  readonly lag: number[]
}

export interface ServiceHistory {
  of(role: string): ServiceSamples
  subscribe(listener: () => void): () => void
}

/** One hour at one sample in two seconds. */
const maxSamples = 1_800

/** Samples seen since the page was opened. */
export function useServiceHistory(): ServiceHistory {
  const { services } = useControlRoom()
  const [history] = useState(makeHistory)
  useEffect(() => {
    const take = (): void => {
      for (const service of services.getState().answer?.services ?? [])
        history.add(service.role, service.sample)
    }
    take()
    return services.subscribe(take)
  }, [services, history])
  return history
}

type Sample = {
  readonly cpu: number | null
  readonly rssBytes: number | null
  readonly heapBytes: number | null
  readonly loopLagMs: number | null
} | null

function makeHistory(): ServiceHistory & { add(role: string, sample: Sample): void } {
  const byRole = new Map<string, ServiceSamples>()
  const listeners = new Set<() => void>()
  const of = (role: string): ServiceSamples => {
    let samples = byRole.get(role)
    if (samples === undefined) {
      samples = { times: [], cpu: [], rss: [], heap: [], lag: [] }
      byRole.set(role, samples)
    }
    return samples
  }
  return {
    of,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    add(role, sample) {
      const samples = of(role)
      samples.times.push(Date.now())
      samples.cpu.push((sample?.cpu ?? Number.NaN) * 100)
      samples.rss.push((sample?.rssBytes ?? Number.NaN) / 1_048_576)
      samples.heap.push((sample?.heapBytes ?? Number.NaN) / 1_048_576)
      samples.lag.push(sample?.loopLagMs ?? Number.NaN)
      if (samples.times.length > maxSamples + 100)
        for (const list of Object.values(samples)) (list as number[]).splice(0, 100)
      for (const listener of listeners) listener()
    },
  }
}
