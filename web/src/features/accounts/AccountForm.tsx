import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Anchor, Button, Card, Divider, Fieldset, Group, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, type RefObject, useState } from 'react';
import { ApiProblem } from '~/api/client';
import { useSaid } from '~/i18n/said';
import { CopyField } from '~/ui/CopyField';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { useGuard } from '~/ui/useGuard';
import { fromMessage } from '~/wa/message';
import { WaBubble } from '~/wa/WaBubble';
import { Addresses } from './Addresses';
import { CallbackLight } from './CallbackLight';
import { CheckNow } from './CheckNow';
import { FieldInput } from './FieldInput';
import { boxOf, chatWith, initial, isAside, isKept, isLocal, isUrl, keptSince, type Values } from './form';
import {
  type Account,
  type Field,
  type Provider,
  type Settings,
  useSave,
  useTry,
  type Whose,
} from './queries';
import { TryPanel } from './TryPanel';
import { useAccountForm } from './useAccountForm';

interface Props {
  provider: Provider;
  /** The account that is changed; a new one otherwise. */
  account?: Account;
  urls: { inbound: string; reports: string };
  /** When each URL was last called. */
  called: { inbound?: number | null; reports?: number | null };
  /** This server's public addresses, where they are known. */
  addresses: readonly string[] | undefined;
  /** Gives a new account the URLs that were shown. */
  callbackToken?: string;
  /** What was typed so far, which outlives the choice of another provider. */
  typed?: RefObject<Values>;
  /** May change and try settings. */
  writable: boolean;
  onSaved: (account: Account) => void;
}

/** The server tried the settings, and the provider did not take them. */
const notTaken = (problem: unknown) =>
  problem instanceof ApiProblem && problem.errors.some((error) => error.code === 'check_failed');

/** The form that a provider describes, with its callback URLs, tried before it is saved. */
export function AccountForm(props: Props) {
  const { provider, account, urls, called, addresses, callbackToken, writable, onSaved } = props;
  const { t } = useLingui();
  const said = useSaid();
  const form = useAccountForm({ provider, account, typed: props.typed });
  const save = useSave();
  const check = useTry();
  const leave = useGuard(writable && form.dirty, t`What you typed in this form is not saved.`);
  const saved = (account?.settings ?? {}) as Settings;
  const whose: Whose = account ? { account_id: account.id } : { provider: provider.id };
  const { settings } = form;

  const test = () => {
    if (!form.lacks()) check.mutate({ whose, settings }, { onError: form.told });
  };
  const submit = async (tried: boolean) => {
    if (form.lacks()) return;
    const token = callbackToken ? { callback_token: callbackToken } : {};
    try {
      const input = { id: account?.id, provider: provider.id, settings, check: tried, ...token };
      const made = await save.mutateAsync(input);
      if (account) form.settle(made);
      else leave();
      onSaved(made);
    } catch (problem) {
      form.told(problem);
      // The server says it in one paragraph; the test shows each set of credentials with its answer.
      if (notTaken(problem)) check.mutate({ whose, settings });
    }
  };

  const shown = (field: Field) => {
    const box = boxOf(provider.fields, field);
    return !box || form.values[box.key] === true;
  };
  const plain = provider.fields.filter((field) => !isAside(field) && shown(field));
  const lastUrl = plain.filter(isUrl).at(-1);
  const aside = provider.fields.filter(isAside);
  const input = (field: Field) => (
    <FieldInput
      key={`${field.key} ${form.round}`}
      field={field}
      value={form.values[field.key] ?? ''}
      kept={isKept(saved[field.key])}
      since={keptSince(saved[field.key])}
      error={form.errors[field.key]}
      onChange={(value) => form.set(field.key, value)}
    />
  );
  const number = provider.fields.find((field) => field.type === 'phone_or_code');
  return (
    <form
      ref={form.element}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void submit(true);
      }}
      noValidate
    >
      <Stack gap="lg" maw={760}>
        <Fieldset variant="unstyled" p={0} m={0} disabled={!writable}>
          <Stack gap="lg">
            {plain.map((field) =>
              isUrl(field) ? (
                <Stack key={field.key} gap={4}>
                  <CopyField
                    label={said(field.label)}
                    description={said(field.help)}
                    value={field.type === 'inbound_url' ? urls.inbound : urls.reports}
                  />
                  <CallbackLight at={field.type === 'inbound_url' ? called.inbound : called.reports} />
                  {writable && field === lastUrl && (
                    <CheckNow
                      of={account ? { account_id: account.id } : { token: callbackToken }}
                      urls={urls}
                    />
                  )}
                </Stack>
              ) : (
                <Stack key={field.key} gap="xs">
                  {input(field)}
                  {boxOf(provider.fields, field) && (
                    <AutoReply text={form.values[field.key]} account={account?.id} />
                  )}
                </Stack>
              ),
            )}
            {isLocal(urls.inbound) && (
              <Text size="sm" c="dimmed">
                <Trans>
                  The callback URLs lead to this machine or its own network: a provider on the internet cannot
                  reach them. The operator names the server's public address with the setting public_url.
                </Trans>
              </Text>
            )}
            <Aside fields={aside} values={form.values} errors={form.errors} input={input} />
          </Stack>
        </Fieldset>
        <Addresses addresses={addresses} hint={provider.network_hint} />
        {writable && (
          <>
            <Divider />
            <TryPanel
              whose={whose}
              settings={settings}
              check={check}
              test={test}
              lacks={form.lacks}
              told={form.told}
              chat={number && chatWith(form.values[number.key])}
            />
            <Divider />
            <Title order={2} size="h4">
              <Trans>Save</Trans>
            </Title>
            {save.isError && !notTaken(save.error) && (
              <ProblemAlert
                problem={save.error}
                shown={provider.fields.map((field) => `/settings/${field.key}`)}
              />
            )}
            {save.isError && notTaken(save.error) && (
              <Alert
                role="alert"
                color="red"
                variant="light"
                icon={<IconAlertTriangle aria-hidden />}
                title={t`Not saved: the provider did not take these settings`}
              >
                <Text size="sm">
                  <Trans>What it answered stands above, under "Try it before saving".</Trans>
                </Text>
                <Button
                  size="xs"
                  variant="default"
                  mt="sm"
                  loading={save.isPending}
                  onClick={() => void submit(false)}
                >
                  <Trans>Save all the same</Trans>
                </Button>
              </Alert>
            )}
            <Group>
              <Button type="submit" loading={save.isPending} disabled={account !== undefined && !form.dirty}>
                {account ? <Trans>Save changes</Trans> : <Trans>Save</Trans>}
              </Button>
              <Text size="sm" c="dimmed">
                <Trans>The settings are tested once more, and saved when the provider takes them.</Trans>
              </Text>
            </Group>
          </>
        )}
      </Stack>
    </form>
  );
}

/** What somebody without a profile reads. */
function AutoReply({ text, account }: { text: string | boolean | undefined; account: string | undefined }) {
  const { t } = useLingui();
  if (typeof text !== 'string' || text.trim() === '') return null;
  return (
    <Card withBorder padding="sm" maw={420}>
      <Text size="xs" c="dimmed" mb={6}>
        <Trans>What somebody without a profile gets who writes</Trans>
      </Text>
      <WaBubble content={fromMessage({ type: 'text', body: text })} label={t`Preview of the auto-reply`} />
      {account && (
        <Anchor
          component={Link}
          to={`/settings/whatsapp/${account}`}
          search={{ tab: 'auto-reply' } as never}
          size="sm"
          mt={6}
          display="inline-block"
        >
          <Trans>Hours, names and how it looks at another time</Trans>
        </Anchor>
      )}
    </Card>
  );
}

interface AsideProps {
  fields: readonly Field[];
  values: Values;
  errors: Record<string, string>;
  input: (field: Field) => ReactNode;
}

/** Fields that nearly nobody changes. They show themselves when one was changed or is wrong. */
function Aside({ fields, values, errors, input }: AsideProps) {
  const usual = initial(fields);
  const [opened, setOpened] = useState(() => fields.some((field) => values[field.key] !== usual[field.key]));
  if (fields.length === 0) return null;
  const open = opened || fields.some((field) => errors[field.key]);
  return (
    <>
      <Group gap="xs">
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={
            open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />
          }
          aria-expanded={open}
          onClick={() => setOpened(!open)}
        >
          <Trans>Addresses and speed</Trans>
        </Button>
        <Text size="sm" c="dimmed">
          <Trans>They seldom need a change.</Trans>
        </Text>
      </Group>
      {open && fields.map(input)}
    </>
  );
}
