/** Part of `qserver --help`. */
export const commandExamples = `Examples of commands:
  qserver monitor | ping | status | config
  qserver environment open | close | destroy | update [background]
  qserver existing plans | devices
  qserver allowed plans | devices
  qserver permissions reload [lists]
  qserver permissions get
  qserver permissions set <path-to-file>
  qserver queue add plan [front | back | N | before UID | after UID] '{"name": "count", "args": [["det1"]], "kwargs": {"num": 10}}'
  qserver queue add instruction [...] queue-stop
  qserver queue update | replace plan UID '<plan>'
  qserver queue update | replace instruction UID queue-stop
  qserver queue execute plan '<plan>'
  qserver queue get | clear | start | stop | stop cancel
  qserver queue item get | remove [front | back | N | UID]
  qserver queue item move SOURCE DESTINATION      (front, back, N, UID; before UID, after UID)
  qserver queue mode set loop True ignore_failures False
  qserver queue autostart enable | disable
  qserver re pause [deferred | immediate]
  qserver re resume | stop | abort | halt | metadata
  qserver re runs [active | open | closed]
  qserver history get | clear [SIZE | UID]
  qserver function execute '{"name": "function_sleep", "args": [20]}' [background]
  qserver script upload <path-to-file> [background] [update-re] [keep-lists]
  qserver task result | status TASK-UID
  qserver kernel interrupt [task] [plan]
  qserver lock environment | queue | all [NOTE] -k KEY
  qserver lock info [-k KEY]
  qserver unlock -k KEY
  qserver manager stop [safe on | safe off]
  qserver manager kill test`
