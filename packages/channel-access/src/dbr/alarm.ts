/** Alarm severities by their number on the wire. Source: EPICS base alarm.h. */
export const alarmSeverities = ['NO_ALARM', 'MINOR', 'MAJOR', 'INVALID'] as const

/** Alarm statuses by their number on the wire. Source: EPICS base alarm.h. */
export const alarmStatuses = [
  'NO_ALARM',
  'READ',
  'WRITE',
  'HIHI',
  'HIGH',
  'LOLO',
  'LOW',
  'STATE',
  'COS',
  'COMM',
  'TIMEOUT',
  'HWLIMIT',
  'CALC',
  'SCAN',
  'LINK',
  'SOFT',
  'BAD_SUB',
  'UDF',
  'DISABLE',
  'SIMM',
  'READ_ACCESS',
  'WRITE_ACCESS',
] as const
