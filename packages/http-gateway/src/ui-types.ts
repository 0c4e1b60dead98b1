/*
 * What the REST routes under /api and the socket /api/ui/ws send to the control room. Types only: a browser program
 * may import this file. Times called `t`, `serverTime`, `since`, `until`, `started`, `eta` are Unix milliseconds;
 * `time`, `time_start`, `time_stop`, `stop_time` are the Unix seconds of documents, history and console.
 */
export type { ApiError, AuthModes, LoginAnswer, LoginRequest, UserInfo } from './ui/login.ts'
export type { Bootstrap } from './ui/bootstrap.ts'
export type { ItemEstimate, LiveStatus, QueueEta, RunPhase, RunProgress } from './ui/status.ts'
export type { HistoryEvent, HistoryPage, HistorySnap, QueueEvent, QueueSnap } from './ui/queue.ts'
export type { FieldKind, FormField, FormModel, FormVarargs, PlanCheck, PlanCheckRequest } from './ui/forms.ts'
export type {
  ColumnInfo,
  DocumentsPage,
  MotorRange,
  PeakStatistics,
  PlotChoice,
  RunDetail,
  RunSnap,
  RunSummary,
  RunsEvent,
  RunsPage,
  RunsSnap,
  StreamInfo,
  TablePage,
} from './ui/runs.ts'
export type {
  AuditEntry,
  AuditPage,
  Layout,
  LogLine,
  LogsPage,
  Preferences,
  ServiceState,
  ServicesAnswer,
} from './ui/services.ts'
export type {
  ArrayInfo,
  ArraysHeader,
  ChannelName,
  ClientMessage,
  ConsoleChunk,
  DataMessage,
  ErrMessage,
  GapMessage,
  HeartbeatMessage,
  HelloMessage,
  PresenceSnap,
  ServerMessage,
} from './ui/socket.ts'
export type {
  ConsoleMessage,
  DeviceProgress,
  HistoryItem,
  ItemResult,
  JsonValue,
  ManagerState,
  QueueItem,
  QueueStatus,
} from '@beamtime/queue-client/wire'
export type {
  AutoRange,
  DetectorInfo,
  DetectorRuns,
  DetectorState,
  FramesError,
  FramesRequest,
  ImageMode,
  ImageRoi,
  ImageView,
  Reduction,
  ScaleName,
  ViewThreshold,
} from './ui/detectors.ts'
export type { KeptMask, MaskInUse, MasksAnswer } from './ui/detector-masks.ts'
export type {
  LiveChannelState,
  LiveGridCheck,
  LiveHistoryAnswer,
  LiveInstrumentInfo,
  LiveSession,
} from './ui/livedata.ts'
export type {
  LiveCell,
  LiveCommandResult,
  LiveGeneration,
  LiveGrid,
  LiveGridProblem,
  LiveJob,
  LiveLayer,
  LiveNicosDevice,
  LiveOutputInfo,
  LiveParameterField,
  LiveParameterGroup,
  LiveRegions,
  LiveStart,
  LiveState,
  LiveStreamCount,
  LiveWorker,
  LiveWorkflow,
} from '@beamtime/live-data/ui-types'
export type { FileEntry, FilesAnswer } from './ui/files.ts'
export type {
  AlertDetail,
  AlertPoint,
  AlertStamp,
  GroupDetail,
  GroupState,
  GroupTopicLag,
  MessageDetail,
  MessageRow,
  MessagesPage,
  ReplaySnap,
  TailEvent,
  TopicDetail,
  TopicsSnap,
  TopicSummary,
  AlertCard,
  AlertsPage,
  SchemaDetail,
  SchemasPage,
  SchemaSubject,
  SchemaVersion,
} from './ui/streams.ts'
export type {
  PlayOptionTexts,
  PlayProgress,
  PlaySummary,
  RecordingDetail,
  RecordingMark,
  RecordingSummary,
  RecordProgress,
  RecordRequest,
} from '@beamtime/stream-replay/client'
