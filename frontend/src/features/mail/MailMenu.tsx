import '../../ui/menuCss'
import { Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Menu } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowBackUpDouble,
  IconArrowForwardUp,
  IconDotsVertical,
  IconDownload,
  IconMoon,
  IconSun,
  IconViewportShort,
} from '@tabler/icons-react'
import type { Message, Row } from '../../api/types'
import { useDark } from '../../ui/useDark'

type Props = {
  row: Row
  message?: Message
  onFold?: () => void
  light: boolean
  onLight: (light: boolean) => void
  onAnswer: (kind: 'reply' | 'replyAll' | 'forward') => void
}

/** What else can be done with one mail of a conversation. */
export default function MailMenu({ row, message, onFold, light, onLight, onAnswer }: Props) {
  const { t } = useLingui()
  const dark = useDark()
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon aria-label={t`More for this mail`} size={32}>
          <IconDotsVertical size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {message && (
          <>
            <Menu.Item leftSection={<IconArrowBackUp size={16} />} onClick={() => onAnswer('reply')}>
              <Trans>Reply</Trans>
            </Menu.Item>
            <Menu.Item leftSection={<IconArrowBackUpDouble size={16} />} onClick={() => onAnswer('replyAll')}>
              <Trans>Reply to all</Trans>
            </Menu.Item>
            <Menu.Item leftSection={<IconArrowForwardUp size={16} />} onClick={() => onAnswer('forward')}>
              <Trans>Forward</Trans>
            </Menu.Item>
            <Menu.Divider />
          </>
        )}
        {dark && (
          <Menu.Item
            leftSection={light ? <IconMoon size={16} /> : <IconSun size={16} />}
            onClick={() => onLight(!light)}
          >
            {light ? <Trans>Show in dark colours</Trans> : <Trans>Show as it was written</Trans>}
          </Menu.Item>
        )}
        {onFold && (
          <Menu.Item leftSection={<IconViewportShort size={16} />} onClick={onFold}>
            <Trans>Fold</Trans>
          </Menu.Item>
        )}
        <Menu.Item
          component="a"
          href={`/api/messages/${row.id}/source`}
          download
          leftSection={<IconDownload size={16} />}
        >
          <Trans>Download the source (.eml)</Trans>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
