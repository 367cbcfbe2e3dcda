import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, Stack, Switch, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useResetTemplate, useSaveTemplate } from '../../api/email'
import { problemOf } from '../../api/problem'
import type { EmailTemplate } from '../../api/types'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { say } from '../../ui/toast'
import { Panel } from '../settings/Panel'
import classes from './Templates.module.css'
import { events } from './words'

type Props = { template: EmailTemplate; onDone: () => void }

/** One mail in one language. What is typed becomes an own wording; the original stays. */
export function TemplateForm({ template, onDone }: Props) {
  const { t } = useLingui()
  const { event, language, hasOwn, own, original, used, variables } = template
  const save = useSaveTemplate({ event, language })
  const reset = useResetTemplate({ event, language })
  const form = useForm({ initialValues: { ...(hasOwn ? own : original), used: hasOwn ? used : true } })
  const name = t(events[event])
  const submit = (values: typeof form.values) =>
    save.mutate(values, {
      onSuccess: () => {
        say(
          values.used ? t`Your wording is used from now on.` : t`Your wording is kept; the original is sent.`,
        )
        onDone()
      },
    })
  const error = save.error ?? reset.error
  return (
    <Panel
      title={name}
      lead={
        hasOwn ? (
          <Trans>This is your own wording.</Trans>
        ) : (
          <Trans>This is the original. What you change becomes your own wording of it.</Trans>
        )
      }
    >
      <form onSubmit={form.onSubmit(submit)}>
        <Stack gap="md">
          <TextInput label={t`Subject`} lang={language} {...form.getInputProps('subject')} />
          <Textarea
            label={t`Text`}
            lang={language}
            autosize
            minRows={6}
            maxRows={18}
            {...form.getInputProps('text')}
          />
          <Textarea
            label={t`HTML`}
            description={t`For mail programs that show it; the same words, please`}
            className={classes.mono}
            autosize
            minRows={4}
            maxRows={14}
            spellCheck={false}
            {...form.getInputProps('html')}
          />
          <div>
            <span className={classes.label}>
              <Trans>What can be put in</Trans>
            </span>
            <ul className={classes.variables}>
              {variables.map((variable) => (
                <li key={variable}>
                  <code>{`{{${variable}}}`}</code>
                </li>
              ))}
            </ul>
          </div>
          <Switch label={t`Use this wording`} {...form.getInputProps('used', { type: 'checkbox' })} />
          {error && <ProblemNotice urgent problem={problemOf(error)} />}
          <Group gap="xs">
            <Button type="submit" loading={save.isPending} disabled={!hasOwn && !form.isDirty()}>
              <Trans>Save</Trans>
            </Button>
            <Button variant="default" onClick={onDone}>
              <Trans>Back</Trans>
            </Button>
            <span className={classes.space} />
            {hasOwn && (
              <Button
                variant="subtle"
                color="red"
                loading={reset.isPending}
                onClick={() => reset.mutate(undefined, { onSuccess: () => say(t`The original is back.`) })}
              >
                <Trans>Reset to the original</Trans>
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}
