import type { FormModel } from '@beamtime/http-gateway/ui-types'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { isPlainObject } from '../net/merge-patch.ts'
import { useControlRoom, useScope, useStatus } from './use-control-room.ts'

/** What the pickers know of a device. */
export interface DeviceInfo {
  readonly name: string
  readonly kind: string
  readonly isReadable: boolean
  readonly isMovable: boolean
  readonly isFlyable: boolean
  readonly unit?: string | undefined
  readonly precision?: number | undefined
  readonly limits?: readonly [number, number] | undefined
}

export interface Models {
  readonly plans: readonly FormModel[]
  readonly devices: readonly DeviceInfo[]
  readonly modelOf: (name: string) => FormModel | undefined
  readonly device: (name: string) => DeviceInfo | undefined
  readonly isLoading: boolean
  readonly error: unknown
}

/** Forms of the allowed plans and the allowed devices; read again when the server says that they have changed. */
export function useModels(): Models {
  const { http } = useControlRoom()
  const mayRead = useScope('read:resources')
  const plansUid = useStatus((status) => status?.plans_allowed_uid ?? '')
  const devicesUid = useStatus((status) => status?.devices_allowed_uid ?? '')
  const plans = useQuery({
    queryKey: ['plans', plansUid],
    queryFn: async ({ signal }) => planList(await http.get<unknown>('/ui/plans', signal)),
    enabled: mayRead,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  })
  const devices = useQuery({
    queryKey: ['devices', devicesUid],
    queryFn: async ({ signal }) => deviceList(await http.get<unknown>('/devices/allowed', signal)),
    enabled: mayRead,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  })
  const planData = plans.data
  const deviceData = devices.data
  const lookups = useMemo(() => {
    const byName = new Map((planData ?? []).map((model) => [model.name, model]))
    const byDevice = new Map((deviceData ?? []).map((info) => [info.name, info]))
    return { modelOf: (name: string) => byName.get(name), device: (name: string) => byDevice.get(name) }
  }, [planData, deviceData])
  return {
    plans: planData ?? [],
    devices: deviceData ?? [],
    ...lookups,
    isLoading: plans.isLoading,
    error: plans.error,
  }
}

function planList(answer: unknown): readonly FormModel[] {
  const list = isPlainObject(answer) ? (answer['plans'] ?? answer['items']) : answer
  return Array.isArray(list) ? (list as FormModel[]) : []
}

function deviceList(answer: unknown): readonly DeviceInfo[] {
  const table = isPlainObject(answer) ? answer['devices_allowed'] : undefined
  if (!isPlainObject(table)) return []
  return Object.entries(table).flatMap(([name, entry]) =>
    isPlainObject(entry) ? [deviceInfo(name, entry)] : [],
  )
}

function deviceInfo(name: string, entry: Record<string, unknown>): DeviceInfo {
  const unit = entry['unit'] ?? entry['units'] ?? entry['egu']
  const limits = entry['limits']
  const precision = entry['precision']
  return {
    name,
    kind: typeof entry['classname'] === 'string' ? entry['classname'] : '',
    isReadable: entry['is_readable'] === true,
    isMovable: entry['is_movable'] === true,
    isFlyable: entry['is_flyable'] === true,
    unit: typeof unit === 'string' ? unit : undefined,
    precision: typeof precision === 'number' ? precision : undefined,
    limits: isRange(limits) ? limits : undefined,
  }
}

function isRange(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((v) => typeof v === 'number')
}
