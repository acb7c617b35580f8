import { Trans, useLingui } from '@lingui/react/macro';
import {
  Alert,
  Button,
  Divider,
  Group,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { Schemas } from '~/api/client';
import { fieldErrors } from '~/api/form';
import { useSaid } from '~/i18n/said';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { Addresses } from './Addresses';
import { ClickToChat } from './ClickToChat';
import { Exchange } from './Exchange';
import { type Settings, useTestTemplates, type useTry, useTryMessage, type Whose } from './queries';

interface Props {
  whose: Whose;
  settings: Settings;
  check: ReturnType<typeof useTry>;
  /** Tries the credentials. */
  test: () => void;
  /** Marks what is missing in the form; true when something is. */
  lacks: () => boolean;
  /** Shows the errors of fields at the fields. */
  told: (problem: unknown) => void;
  /** Opens a chat with the number of the form. */
  chat: string | undefined;
}

/** Tries what stands in the form before it is saved: each set of credentials, then one real message. */
export function TryPanel({ whose, settings, check, test, lacks, told, chat }: Props) {
  const { t } = useLingui();
  const message = useTryMessage();
  const [to, setTo] = useState('');
  const [text, setText] = useState('');
  const [lost, setLost] = useState(false);
  const [kind, setKind] = useState<'text' | 'template'>('text');
  const [template, setTemplate] = useState<string | null>(null);
  const templates = useTestTemplates(whose, kind === 'template');
  const phone = useRef<HTMLInputElement>(null);
  const say = text.trim() || t`Hello from Harkara: this is a test.`;
  const send = () => {
    if (message.isPending || lacks()) return;
    setLost(true);
    if (to.trim() === '') phone.current?.focus();
    else if (kind === 'text') message.mutate({ whose, settings, to, says: { text: say } }, { onError: told });
    else if (template) message.mutate({ whose, settings, to, says: { template } }, { onError: told });
  };
  // Enter here means this message, not saving the account.
  const enter = (event: React.KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const changed = (tried: { settings: Settings } | undefined) =>
    tried !== undefined && JSON.stringify(tried.settings) !== JSON.stringify(settings);
  const wrong = fieldErrors(message.error);
  const link = message.data?.click_to_chat_url ?? chat;
  return (
    <Stack>
      <Title order={2} size="h4">
        <Trans>Try it before saving</Trans>
      </Title>
      <Group>
        <Button variant="default" loading={check.isPending} onClick={test}>
          <Trans>Test the settings</Trans>
        </Button>
        <Text size="sm" c="dimmed">
          <Trans>Asks the provider with each set of credentials. Nobody gets a message.</Trans>
        </Text>
      </Group>
      {check.isError && <ProblemAlert problem={check.error} shown={inForm(check.error)} />}
      {check.data && !check.isPending && (
        <Stack gap="sm" role="status">
          {changed(check.variables) && <Outdated />}
          <Results checked={check.data} />
        </Stack>
      )}
      <Divider />
      <Title order={3} size="h5">
        <Trans>Send a test message</Trans>
      </Title>
      {link && <ClickToChat url={link} />}
      <SegmentedControl
        size="xs"
        style={{ alignSelf: 'flex-start' }}
        aria-label={t`What is sent`}
        data={[
          { value: 'text', label: t`Free text` },
          { value: 'template', label: t`Template` },
        ]}
        value={kind}
        onChange={(value) => setKind(value as typeof kind)}
      />
      <Group align="flex-start">
        <TextInput
          ref={phone}
          label={t`To`}
          description={t`A phone of yours`}
          type="tel"
          dir="ltr"
          value={to}
          error={wrong.to ?? (lost && to.trim() === '' && t`Give the number that shall get it.`)}
          onChange={(e) => setTo(e.currentTarget.value)}
          onKeyDown={enter}
        />
        {kind === 'text' ? (
          <TextInput
            label={t`Text`}
            description={t`Free text; it needs an open window`}
            value={text}
            placeholder={t`Hello from Harkara: this is a test.`}
            onChange={(e) => setText(e.currentTarget.value)}
            onKeyDown={enter}
            dir="auto"
            style={{ flex: 1, minWidth: 200 }}
          />
        ) : (
          <Select
            label={t`Template`}
            description={t`It needs no window, and goes with its defaults. The provider must hold it as approved.`}
            data={(templates.data ?? []).map((one) => ({
              value: one.id,
              label: `${one.name} (${one.language})`,
            }))}
            value={template}
            onChange={setTemplate}
            searchable
            allowDeselect={false}
            nothingFoundMessage={t`No approved template is known here. Save the account, then import its templates.`}
            error={wrong.template_id ?? (lost && !template && t`Choose the template that shall be sent.`)}
            style={{ flex: 1, minWidth: 200 }}
          />
        )}
      </Group>
      <div>
        <Button variant="default" loading={message.isPending} onClick={send}>
          <Trans>Send the test message</Trans>
        </Button>
      </div>
      {message.isError && (
        <ProblemAlert problem={message.error} shown={['/to', '/template_id', ...inForm(message.error)]} />
      )}
      {message.data && !message.isPending && (
        <Stack gap="sm" role="status">
          {changed(message.variables) && <Outdated />}
          <Sent tried={message.data} />
        </Stack>
      )}
    </Stack>
  );
}

/** What the form says at its own fields. */
function inForm(problem: unknown): string[] {
  const own = Object.keys(fieldErrors(problem)).filter((path) => path.startsWith('settings.'));
  return own.map((path) => `/${path.replaceAll('.', '/')}`);
}

function Outdated() {
  return (
    <Text size="sm" fw={500}>
      <Trans>You changed the form after this. Try again to know how it stands now.</Trans>
    </Text>
  );
}

function Results({ checked }: { checked: Schemas['Checked'] }) {
  const { t } = useLingui();
  const said = useSaid();
  return (
    <>
      {checked.results.length === 0 && (
        <Text size="sm">
          <Trans>This provider has no harmless call to try. Send a test message instead.</Trans>
        </Text>
      )}
      {checked.results.map(({ credential, problem, ...result }) => (
        <Alert
          key={credential}
          role="group"
          color={problem ? 'red' : 'brand'}
          variant="light"
          title={problem ? t`${said(credential)}: does not work` : t`${said(credential)}: works`}
          icon={problem ? <IconX aria-hidden /> : <IconCheck aria-hidden />}
        >
          <Stack gap="xs">
            <Text size="sm">{said(problem?.help ?? result.ok ?? '')}</Text>
            {problem && (
              <Text size="sm" c="dimmed">
                {t`The provider said: ${said(problem.detail)}`}
              </Text>
            )}
            <Exchange
              key={problem ? 'bad' : 'good'}
              of={said(credential)}
              request={result.request}
              answer={result.answer}
              status={result.http_status}
              open={problem != null}
            />
          </Stack>
        </Alert>
      ))}
      {!checked.ok && checked.network_hint && (
        <Addresses order={3} addresses={checked.egress_addresses ?? []} hint={checked.network_hint} />
      )}
    </>
  );
}

function Sent({ tried }: { tried: Schemas['TriedMessage'] }) {
  const { t } = useLingui();
  const said = useSaid();
  return (
    <Alert
      role="group"
      color={tried.accepted ? 'brand' : 'red'}
      variant="light"
      icon={tried.accepted ? <IconCheck aria-hidden /> : <IconX aria-hidden />}
      title={tried.accepted ? t`The provider took it` : t`The provider did not take it`}
    >
      <Stack gap="xs">
        {tried.problem && <Text size="sm">{said(tried.problem.help)}</Text>}
        {tried.problem && (
          <Text size="sm" c="dimmed">
            {t`The provider said: ${said(tried.problem.detail)}`}
          </Text>
        )}
        {tried.hint && <Text size="sm">{said(tried.hint)}</Text>}
        <Exchange
          of={t`Test message`}
          request={tried.request}
          answer={tried.answer}
          status={tried.http_status}
          open
        />
        {tried.network_hint && (
          <Addresses order={3} addresses={tried.egress_addresses} hint={tried.network_hint} />
        )}
      </Stack>
    </Alert>
  );
}
