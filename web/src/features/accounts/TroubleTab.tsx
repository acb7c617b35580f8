import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Alert, Anchor, Button, Card, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useCan } from '~/api/session';
import { useSaid } from '~/i18n/said';
import { Time } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { Said } from '~/ui/Said';
import { done, failed } from '~/ui/toast';
import { Addresses } from './Addresses';
import { ClickToChat } from './ClickToChat';
import { Light } from './Light';
import { type Account, useResume, useTrouble } from './queries';

/** Why something stands still, and what to do. */
export function TroubleTab({ account }: { account: Account }) {
  const { t } = useLingui();
  const said = useSaid();
  const can = useCan();
  const trouble = useTrouble(account.id, { close: true });
  const resume = useResume();
  if (trouble.isPending) return <Skeleton height={240} />;
  if (trouble.isError) return <ProblemAlert problem={trouble.error} retry={() => void trouble.refetch()} />;
  const { lights, errors, pressure, refused_callbacks: refused } = trouble.data;
  return (
    <Stack maw={760} gap="lg">
      {account.state === 'held' && (
        <Alert
          color="red"
          variant="light"
          icon={<IconAlertTriangle aria-hidden />}
          title={t`Sending stands still`}
        >
          <Text size="sm">
            <Said text={account.held_reason ?? ''} />
          </Text>
          <Text size="sm" mt={4}>
            <Trans>Nothing is lost: what waits is sent once this is mended.</Trans>
          </Text>
          {can('accounts.write') && (
            <Button
              mt="sm"
              size="xs"
              loading={resume.isPending}
              onClick={() =>
                resume.mutate(account.id, { onSuccess: () => done(t`It sends again.`), onError: failed })
              }
            >
              <Trans>It is mended: send again</Trans>
            </Button>
          )}
        </Alert>
      )}
      {pressure && (
        <Alert
          color="yellow"
          variant="light"
          icon={<IconAlertTriangle aria-hidden />}
          title={t`The provider holds us back`}
        >
          <Text size="sm">
            <Said text={pressure.reason} />
          </Text>
        </Alert>
      )}
      <Stack gap="xs">
        {lights.map((light) => (
          <Card key={light.key} withBorder padding="sm">
            <Group justify="space-between">
              <Light light={light} />
              {light.since != null && (
                <Text size="xs" c="dimmed">
                  <Time at={light.since} full />
                </Text>
              )}
            </Group>
            <Text size="sm" mt={6}>
              <Said text={light.detail} />
            </Text>
            {light.help && (
              <Text size="sm" mt={4} fw={500}>
                <Said text={light.help} />
              </Text>
            )}
          </Card>
        ))}
      </Stack>
      <Stack gap="xs">
        <Title order={2} size="h4">
          <Trans>What failed in the last 24 hours</Trans>
        </Title>
        {errors.length === 0 && (
          <Text size="sm" c="dimmed">
            <Trans>Nothing.</Trans>
          </Text>
        )}
        {errors.map((error) => (
          <Card key={`${error.kind}-${error.code ?? ''}-${error.reported}`} withBorder padding="sm">
            <Group justify="space-between">
              <Text size="sm" fw={600}>
                <Plural value={error.count} one="One message" other="# messages" />
                {error.code && ` · ${error.code}`}
              </Text>
              <Text size="xs" c="dimmed">
                <Time at={error.last_at} full />
              </Text>
            </Group>
            <Text size="sm" mt={4} fw={500}>
              <Said text={error.help} />
            </Text>
            <Text size="sm" mt={4} c="dimmed">
              {t`The provider said: ${said(error.detail)}`}
            </Text>
          </Card>
        ))}
      </Stack>
      {refused && (
        <Alert
          color="yellow"
          variant="light"
          icon={<IconAlertTriangle aria-hidden />}
          title={t`Callbacks were refused`}
        >
          <Text size="sm">
            <Plural
              value={refused.count}
              one="One callback was not taken."
              other="# callbacks were not taken."
            />{' '}
            <Said text={refused.last_reason ?? ''} />
          </Text>
        </Alert>
      )}
      <Addresses addresses={trouble.data.egress_addresses} hint={trouble.data.network_hint} />
      {trouble.data.click_to_chat_url && <ClickToChat url={trouble.data.click_to_chat_url} />}
      {can('callbacks.read') && (
        <Anchor component={Link} to={`/developers/callbacks?account=${account.id}`} size="sm">
          <Trans>What the provider sent, as it came</Trans>
        </Anchor>
      )}
    </Stack>
  );
}
