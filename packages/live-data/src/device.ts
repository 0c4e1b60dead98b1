export {
  createLiveDataDevice,
  type LiveDataDevice,
  type LiveDataDeviceConfig,
  type LiveDataDeviceOptions,
} from './device/live-data-device.ts'
export { liveDataBusVariable, platformLiveData } from './device/platform-live-data.ts'
