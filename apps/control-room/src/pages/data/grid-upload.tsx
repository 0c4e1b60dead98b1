import type { LiveGrid, LiveGridCheck, LiveGridProblem } from '@beamtime/http-gateway/ui-types'
import { useState, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { errorText } from '../../net/http-client.ts'
import { t } from '../../text/text.ts'

const mostBytes = 1_048_576

interface Wrong {
  readonly problem: LiveGridProblem
  readonly text: string
}

export interface GridUploadProps {
  readonly instrument: string
  /** Empty while there is no good file. */
  readonly onGrids: (grids: readonly LiveGrid[]) => void
}

/** A file of layouts, checked by the server; what is wrong is shown at its line. */
export function GridUpload({ instrument, onGrids }: GridUploadProps): ReactElement {
  const { http } = useControlRoom()
  const [wrong, setWrong] = useState<Wrong | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const take = async (file: File): Promise<void> => {
    onGrids([])
    setWrong(null)
    setFailure(null)
    if (file.size > mostBytes) {
      setFailure(t.grids.tooLarge)
      return
    }
    try {
      const text = await file.text()
      const path = `/livedata/${encodeURIComponent(instrument)}/grids/check`
      const { grids, problem } = await http.post<LiveGridCheck>(path, { yaml: text })
      if (problem === null) onGrids(grids)
      else setWrong({ problem, text })
    } catch (error) {
      setFailure(errorText(error))
    }
  }
  return (
    <>
      <label className="enum-field">
        <span className="field-label">{t.grids.file}</span>
        <input
          type="file"
          accept=".yaml,.yml,application/yaml"
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? []
            if (file !== undefined) void take(file)
          }}
        />
      </label>
      {failure === null ? null : (
        <p className="field-error" role="alert">
          {failure}
        </p>
      )}
      {wrong === null ? null : <WrongFile {...wrong} />}
    </>
  )
}

/** Lines around the one that is wrong. */
const around = 3

function WrongFile({ problem, text }: Wrong): ReactElement {
  const first = Math.max(1, problem.line - around)
  const lines = text.split('\n').slice(first - 1, problem.line + around)
  return (
    <div role="alert">
      <p className="field-error">{t.grids.wrongAt(problem)}</p>
      <pre className="wrong-file small">
        {lines.map((line, index) => {
          const number = first + index
          const isWrong = number === problem.line
          return (
            <span key={number} className={isWrong ? 'wrong-line' : undefined}>
              {`${isWrong ? '▶' : ' '} ${String(number).padStart(4)}  ${line}\n`}
            </span>
          )
        })}
      </pre>
    </div>
  )
}
