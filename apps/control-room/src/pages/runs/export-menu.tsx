import { Menu } from '@mantine/core'
import { IconChevronDown, IconDownload } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'

const formats = ['json', 'jsonl', 'msgpack'] as const

/** Where the server gives the run as a file. */
export function exportPath(uid: string, format: string, stream?: string): string {
  const more = stream === undefined ? '' : `&stream=${encodeURIComponent(stream)}`
  return `/api/runs/${encodeURIComponent(uid)}/export?format=${format}${more}`
}

/** Files of a run: tables as CSV, documents as JSON, and code that reads them back. */
export function ExportMenu({
  uid,
  streams,
  isIconOnly = false,
}: {
  uid: string
  streams: readonly string[]
  isIconOnly?: boolean
}): ReactElement {
  const url = `${location.origin}${exportPath(uid, 'csv')}`
  return (
    <Menu width={260}>
      <Menu.Target>
        {isIconOnly ? (
          <Button
            isIconOnly
            label={t.runs.export}
            icon={<IconDownload size={16} stroke={1.75} aria-hidden />}
          />
        ) : (
          <Button label={t.runs.export} trailing={<IconChevronDown size={14} aria-hidden />} />
        )}
      </Menu.Target>
      <Menu.Dropdown>
        {streams.map((stream) => (
          <Menu.Item key={stream} component="a" href={exportPath(uid, 'csv', stream)} download>
            {streams.length === 1 ? t.runs.exportAs.csv : t.runs.exportStream(stream)}
          </Menu.Item>
        ))}
        {formats.map((format) => (
          <Menu.Item key={format} component="a" href={exportPath(uid, format)} download>
            {t.runs.exportAs[format]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t.runs.readBack}</Menu.Label>
        <Menu.Item
          onClick={() =>
            void navigator.clipboard.writeText(
              `import pandas as pd\ndata = pd.read_csv("${url}&api_key=KEY")`,
            )
          }
        >
          {t.runs.python}
        </Menu.Item>
        <Menu.Item
          onClick={() =>
            void navigator.clipboard.writeText(`curl -H "Authorization: ApiKey $KEY" -OJ "${url}"`)
          }
        >
          {t.runs.curl}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
