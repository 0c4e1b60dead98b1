/** Environment variable in which the platform tells its workers where live-data results are: JSON, options of a bus. */
export const liveDataBusVariable = 'BEAMTIME_LIVEDATA_BUS'
