import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Card, Checkbox, Divider, Group, Stack, Text, Title } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { type FormEvent, useMemo, useState } from 'react';
import { ApiProblem } from '~/api/client';
import { fieldErrors } from '~/api/form';
import { CopyField } from '~/ui/CopyField';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { fromMessage } from '~/wa/message';
import { WaBubble } from '~/wa/WaBubble';
import { CallbackLight } from './CallbackLight';
import { FieldInput } from './FieldInput';
import { initial, isKept, isUrl, missing, settingsOf, type Values } from './form';
import { type Account, type Provider, type Settings, useSave, type Whose } from './queries';
import { TryPanel } from './TryPanel';

interface Props {
  provider: Provider;
  /** The account that is changed; a new one otherwise. */
  account?: Account;
  urls: { inbound: string; reports: string };
  /** When each URL was last called. */
  called: { inbound?: number | null; reports?: number | null };
  /** Gives a new account the URLs that were shown. */
  callbackToken?: string;
  /** May change and try settings. */
  writable: boolean;
  onSaved: (account: Account) => void;
}

/** The form that a provider describes, with its callback URLs, tried before it is saved. */
export function AccountForm({ provider, account, urls, called, callbackToken, writable, onSaved }: Props) {
  const { t } = useLingui();
  const saved = (account?.settings ?? {}) as Settings;
  const start = useMemo(() => initial(provider.fields, saved), [provider, saved]);
  const [values, setValues] = useState<Values>(start);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [check, setCheck] = useState(true);
  const save = useSave();
  const dirty = JSON.stringify(values) !== JSON.stringify(start);
  useBlocker({
    shouldBlockFn: () =>
      dirty && !save.isSuccess && !window.confirm(t`What you changed is not saved. Leave?`),
    enableBeforeUnload: () => dirty && !save.isSuccess,
  });

  const whose: Whose = account ? { account_id: account.id } : { provider: provider.id };
  const settings = settingsOf(provider.fields, values, saved);
  const lacking = missing(provider.fields, values, saved).map((field) => field.label);
  const told = (problem: unknown) => {
    const found = fieldErrors(problem);
    setErrors(Object.fromEntries(Object.entries(found).map(([k, v]) => [k.replace(/^settings\./, ''), v])));
  };
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    setErrors({});
    const token = callbackToken ? { callback_token: callbackToken } : {};
    save.mutate(
      { id: account?.id, provider: provider.id, settings, check, ...token },
      { onSuccess: onSaved, onError: told },
    );
  };
  const untested = save.error instanceof ApiProblem && save.error.code === 'check_failed';
  const reply = provider.fields.find((f) => f.type === 'long_text' && /reply/i.test(f.key));
  const replyText = reply ? values[reply.key] : undefined;

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg" maw={760}>
        {provider.fields.map((field) =>
          isUrl(field) ? (
            <Stack key={field.key} gap={4}>
              <CopyField
                label={field.label}
                description={field.help}
                value={field.type === 'inbound_url' ? urls.inbound : urls.reports}
              />
              <CallbackLight at={field.type === 'inbound_url' ? called.inbound : called.reports} />
            </Stack>
          ) : (
            <FieldInput
              key={field.key}
              field={field}
              value={values[field.key] ?? ''}
              kept={isKept(saved[field.key])}
              error={errors[field.key]}
              onChange={(value) => {
                setValues((before) => ({ ...before, [field.key]: value }));
                setErrors(({ [field.key]: _, ...others }) => others);
              }}
            />
          ),
        )}
        {typeof replyText === 'string' && replyText.trim() !== '' && (
          <Card withBorder padding="sm" maw={420}>
            <Text size="xs" c="dimmed" mb={6}>
              <Trans>What somebody without a profile gets who writes</Trans>
            </Text>
            <WaBubble
              content={fromMessage({ type: 'text', body: replyText })}
              label={t`Preview of the auto-reply`}
            />
          </Card>
        )}
        {writable && (
          <>
            <Divider />
            <TryPanel whose={whose} settings={settings} missing={lacking} onProblem={told} />
            <Divider />
            {save.isError && <ProblemAlert problem={save.error} />}
            <Title order={2} size="h4">
              <Trans>Save</Trans>
            </Title>
            <Group>
              <Button type="submit" loading={save.isPending} disabled={account !== undefined && !dirty}>
                {account ? <Trans>Save changes</Trans> : <Trans>Save</Trans>}
              </Button>
              <Checkbox
                checked={check}
                onChange={(e) => setCheck(e.currentTarget.checked)}
                label={t`Save only what the provider takes`}
                description={untested ? t`Take the mark away to save without testing.` : undefined}
              />
            </Group>
          </>
        )}
      </Stack>
    </form>
  );
}
