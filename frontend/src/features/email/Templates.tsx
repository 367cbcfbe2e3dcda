import { Trans, useLingui } from '@lingui/react/macro'
import { Badge, Button, SegmentedControl, Skeleton } from '@mantine/core'
import { useState } from 'react'
import { useTemplates } from '../../api/email'
import type { EmailTemplate } from '../../api/types'
import { choose, type Locale, locales } from '../../i18n/locale'
import { Broken } from '../../ui/Broken'
import { Panel } from '../settings/Panel'
import { TemplateForm } from './TemplateForm'
import classes from './Templates.module.css'
import { events } from './words'

/** What each mail says, in each language: the original, or an own wording. */
export function Templates() {
  const { t, i18n } = useLingui()
  const templates = useTemplates()
  const [language, setLanguage] = useState<Locale>(choose([i18n.locale]))
  const [open, setOpen] = useState<EmailTemplate['event']>()
  if (templates.isPending) return <Skeleton h={320} radius="lg" />
  if (!templates.data) return <Broken error={templates.error} retry={() => templates.refetch()} />
  const shown = templates.data.filter((template) => template.language === language)
  const editing = shown.find((template) => template.event === open)
  if (editing)
    return (
      <TemplateForm
        key={`${editing.event} ${editing.language} ${editing.updatedAt}`}
        template={editing}
        onDone={() => setOpen(undefined)}
      />
    )
  return (
    <Panel
      title={<Trans>Templates</Trans>}
      lead={<Trans>Each mail has a wording of its own, and can have yours. The original always stays.</Trans>}
      actions={
        <SegmentedControl
          aria-label={t`Language`}
          size="xs"
          value={language}
          onChange={(value) => setLanguage(value as Locale)}
          data={Object.entries(locales).map(([value, label]) => ({ value, label }))}
        />
      }
    >
      <ul className={classes.list}>
        {shown.map((template) => {
          const name = t(events[template.event])
          return (
            <li key={template.event} className={classes.template}>
              <div className={classes.words}>
                <span className={classes.name}>{name}</span>
                <span className={classes.subject} lang={template.language}>
                  {template.used ? template.own.subject : template.original.subject}
                </span>
              </div>
              {template.hasOwn && (
                <Badge variant="light" color={template.used ? undefined : 'gray'}>
                  {template.used ? <Trans>Own wording</Trans> : <Trans>Own wording, not used</Trans>}
                </Badge>
              )}
              <Button
                variant="default"
                size="xs"
                aria-label={t`View and edit: ${name}`}
                onClick={() => setOpen(template.event)}
              >
                <Trans>View and edit</Trans>
              </Button>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
