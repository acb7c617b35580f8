import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Divider, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { Addresses } from './Addresses';
import { ClickToChat } from './ClickToChat';
import { Exchange } from './Exchange';
import { type Settings, useTry, useTryMessage, type Whose } from './queries';

interface Props {
  whose: Whose;
  settings: Settings;
  /** What is missing, so that trying makes no sense yet. */
  missing: readonly string[];
  /** Where the errors of fields are shown. */
  onProblem: (problem: unknown) => void;
}

/** Tries what stands in the form before it is saved: each set of credentials, then one real message. */
export function TryPanel({ whose, settings, missing, onProblem }: Props) {
  const { t } = useLingui();
  const check = useTry();
  const message = useTryMessage();
  const [to, setTo] = useState('');
  const [text, setText] = useState('');
  const say = text.trim() || t`Hello from Harkara: this is a test.`;
  const lacking = missing.join(', ');
  return (
    <Stack>
      <Title order={2} size="h4">
        <Trans>Try it before saving</Trans>
      </Title>
      {missing.length > 0 && (
        <Text size="sm" c="dimmed">
          <Trans>Still empty: {lacking}</Trans>
        </Text>
      )}
      <Group>
        <Button
          variant="default"
          loading={check.isPending}
          disabled={missing.length > 0}
          onClick={() => check.mutate({ whose, settings }, { onError: onProblem })}
        >
          <Trans>Test the settings</Trans>
        </Button>
        <Text size="sm" c="dimmed">
          <Trans>Asks the provider with each set of credentials. Nobody gets a message.</Trans>
        </Text>
      </Group>
      {check.isError && <ProblemAlert problem={check.error} />}
      {check.data && (
        <Stack gap="sm" role="status">
          {check.data.results.length === 0 && (
            <Text size="sm">
              <Trans>This provider has no harmless call to try. Send a test message instead.</Trans>
            </Text>
          )}
          {check.data.results.map((result) => (
            <Alert
              key={result.credential}
              color={result.problem ? 'red' : 'brand'}
              variant="light"
              title={result.problem ? t`${result.credential}: does not work` : t`${result.credential}: works`}
              icon={result.problem ? <IconX aria-hidden /> : <IconCheck aria-hidden />}
            >
              <Stack gap="xs">
                <Text size="sm">{result.problem ? result.problem.help : result.ok}</Text>
                {result.problem && (
                  <Text size="sm" c="dimmed">
                    {t`The provider said: ${result.problem.detail}`}
                  </Text>
                )}
                <Exchange request={result.request} answer={result.answer} status={result.http_status} />
              </Stack>
            </Alert>
          ))}
          {!check.data.ok && (
            <Addresses addresses={check.data.egress_addresses ?? []} hint={check.data.network_hint} />
          )}
        </Stack>
      )}
      <Divider />
      <Title order={3} size="h5">
        <Trans>Send a test message</Trans>
      </Title>
      <Group align="flex-end">
        <TextInput
          label={t`To`}
          description={t`A phone of yours`}
          type="tel"
          dir="ltr"
          value={to}
          onChange={(e) => setTo(e.currentTarget.value)}
        />
        <TextInput
          label={t`Text`}
          description={t`Free text; it needs an open window`}
          value={text}
          placeholder={t`Hello from Harkara: this is a test.`}
          onChange={(e) => setText(e.currentTarget.value)}
          dir="auto"
          style={{ flex: 1, minWidth: 200 }}
        />
        <Button
          variant="default"
          loading={message.isPending}
          disabled={missing.length > 0 || to.trim() === ''}
          onClick={() => message.mutate({ whose, settings, to, text: say }, { onError: onProblem })}
        >
          <Trans>Send</Trans>
        </Button>
      </Group>
      {message.isError && <ProblemAlert problem={message.error} />}
      {message.data && (
        <Alert
          role="status"
          color={message.data.accepted ? 'brand' : 'red'}
          variant="light"
          icon={message.data.accepted ? <IconCheck aria-hidden /> : <IconX aria-hidden />}
          title={message.data.accepted ? t`The provider took it` : t`The provider did not take it`}
        >
          <Stack gap="xs">
            {message.data.problem && <Text size="sm">{message.data.problem.help}</Text>}
            {message.data.problem && (
              <Text size="sm" c="dimmed">
                {t`The provider said: ${message.data.problem.detail}`}
              </Text>
            )}
            {message.data.hint && <Text size="sm">{message.data.hint}</Text>}
            <Exchange
              request={message.data.request}
              answer={message.data.answer}
              status={message.data.http_status}
            />
            {message.data.network_hint && (
              <Addresses addresses={message.data.egress_addresses} hint={message.data.network_hint} />
            )}
          </Stack>
        </Alert>
      )}
      {message.data?.click_to_chat_url && <ClickToChat url={message.data.click_to_chat_url} />}
    </Stack>
  );
}
