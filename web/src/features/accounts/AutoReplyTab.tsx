import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Fieldset, Group, Radio, Skeleton, Stack, Switch, Text, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { ApiProblem, type Schemas } from '~/api/client';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done } from '~/ui/toast';
import { useGuard } from '~/ui/useGuard';
import classes from './AutoReply.module.css';
import { replyOf } from './autoReply';
import { type Account, useAutoReplyOf, useSetAutoReply } from './queries';
import { ReplyHours } from './ReplyHours';
import { ReplyPreview } from './ReplyPreview';
import { ReplyText } from './ReplyText';
import { type AutoReplyForm, useAutoReply } from './useAutoReply';

/** What people without a profile are answered, and when. */
export function AutoReplyTab({ account, writable }: { account: Account; writable: boolean }) {
  const reply = useAutoReplyOf(account.id);
  if (reply.isError) return <ProblemAlert problem={reply.error} retry={() => void reply.refetch()} />;
  if (!reply.data) return <Skeleton height={320} />;
  return <Form account={account} saved={reply.data} writable={writable} />;
}

interface Props {
  account: Account;
  saved: Schemas['AutoReplyInUse'];
  writable: boolean;
}

function Form({ account, saved, writable }: Props) {
  const { t } = useLingui();
  const form = useAutoReply(saved);
  const save = useSetAutoReply(account.id);
  const { draft, dirty } = form;
  useGuard(writable && dirty, t`What you typed in this form is not saved.`);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draft.timed && draft.speaks && draft.outside.trim() === '') {
      save.reset();
      form.mark({ 'hours.outside': t`Write what they read, or choose that nothing is answered.` });
      return;
    }
    save.mutate(replyOf(draft), {
      onSuccess: (now) => {
        form.settle(now);
        done(t`The auto-reply is saved.`);
      },
      onError: form.told,
    });
  };
  return (
    <div className={classes.page}>
      <div className={classes.columns}>
        <form ref={form.element} onSubmit={submit} noValidate>
          <Stack gap="lg">
            <Fieldset variant="unstyled" p={0} m={0} disabled={!writable}>
              <Fields form={form} />
            </Fieldset>
            {save.isError && <ProblemAlert problem={save.error} shown={placed(save.error)} />}
            {writable && (
              <Group>
                <Button type="submit" loading={save.isPending} disabled={!dirty}>
                  <Trans>Save changes</Trans>
                </Button>
              </Group>
            )}
          </Stack>
        </form>
        <Stack className={classes.preview}>
          <ReplyPreview account={account} draft={draft} />
          <Answered day={saved.answered_24h} week={saved.answered_7d} />
        </Stack>
      </div>
    </div>
  );
}

/** Places whose errors stand at their fields. */
const FIELDS = /^\/(text|name_fallback|hours\/(zone|outside|days|days\/\w+\/\d+\/(from|to)))$/;

const placed = (problem: unknown) =>
  problem instanceof ApiProblem
    ? problem.errors.map((error) => error.pointer).filter((pointer) => FIELDS.test(pointer))
    : [];

function Fields({ form }: { form: AutoReplyForm }) {
  const { t } = useLingui();
  const { draft, set, errorAt } = form;
  const variable = '{{name}}';
  const named = draft.text.includes(variable) || (draft.timed && draft.outside.includes(variable));
  return (
    <Stack gap="lg">
      <Switch
        label={t`Answer people without a profile`}
        description={t`Each person is answered once in 24 hours at most. Who said STOP gets nothing.`}
        checked={draft.enabled}
        onChange={(e) => set({ enabled: e.currentTarget.checked })}
      />
      <ReplyText
        label={t`What they read`}
        value={draft.text}
        error={errorAt('text')}
        required={draft.enabled}
        onChange={(text) => set({ text })}
      />
      {(named || errorAt('name_fallback') || draft.fallback !== '') && (
        <TextInput
          label={t`When somebody gives no name`}
          description={t`It stands where ${variable} is.`}
          value={draft.fallback}
          error={errorAt('name_fallback')}
          onChange={(e) => set({ fallback: e.currentTarget.value })}
          maxLength={60}
          maw={320}
          dir="auto"
        />
      )}
      <Radio.Group
        label={t`When is this the answer?`}
        value={draft.timed ? 'hours' : 'always'}
        onChange={(when) => set({ timed: when === 'hours' })}
      >
        <Stack gap="sm" mt="sm">
          <Radio value="always" label={t`Always`} />
          <Radio value="hours" label={t`Within hours`} />
        </Stack>
      </Radio.Group>
      {draft.timed && (
        <>
          <ReplyHours form={form} />
          <Radio.Group
            label={t`And outside of these hours?`}
            value={draft.speaks ? 'text' : 'nothing'}
            onChange={(what) => set({ speaks: what === 'text' })}
          >
            <Stack gap="sm" mt="sm">
              <Radio value="nothing" label={t`Nothing is answered`} />
              <Radio value="text" label={t`Another text`} />
            </Stack>
          </Radio.Group>
          {draft.speaks && (
            <ReplyText
              label={t`What they read outside of the hours`}
              value={draft.outside}
              error={errorAt('hours.outside')}
              onChange={(outside) => set({ outside })}
            />
          )}
        </>
      )}
    </Stack>
  );
}

function Answered({ day, week }: { day: number; week: number }) {
  return (
    <Text size="sm" c="dimmed">
      <Trans>
        Answered: <Plural value={day} one="# person" other="# people" /> in the last 24 hours,{' '}
        <Plural value={week} one="# person" other="# people" /> in the last seven days.
      </Trans>
    </Text>
  );
}
