export {
  createLiveDataDevice,
  type LiveDataDevice,
  type LiveDataDeviceConfig,
  type LiveDataDeviceOptions,
} from './device/live-data-device.ts'
export { platformLiveData } from './device/platform-live-data.ts'
