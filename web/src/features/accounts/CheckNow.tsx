import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import type { Schemas } from '~/api/client';
import { useSaid } from '~/i18n/said';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { useCheckUrls } from './queries';

interface Props {
  /** Whose URLs: those of an account, or those that none has yet. */
  of: Schemas['UrlsToCheck'];
  urls: { inbound: string; reports: string };
}

/** Lets the server call its own callback URLs through the public address, and tells what came back. */
export function CheckNow({ of, urls }: Props) {
  const { t } = useLingui();
  const check = useCheckUrls();
  const told = check.data?.results ?? [];
  // Mostly both say the same: then it is said once.
  const [first, second] = told;
  const same = first && second && first.ok === second.ok && first.detail === second.detail;
  const shown = same ? [first] : told;
  const named = (url: string) => (url === urls.inbound ? t`Inbound messages` : t`Delivery reports`);
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Button variant="default" size="xs" loading={check.isPending} onClick={() => check.mutate(of)}>
          <Trans>Check now</Trans>
        </Button>
        <Text size="sm" c="dimmed">
          <Trans>This server calls both URLs through its public address. Nothing is kept of it.</Trans>
        </Text>
      </Group>
      {check.isError && <ProblemAlert problem={check.error} />}
      {!check.isPending && shown.length > 0 && (
        <Stack gap="xs" role="status">
          {shown.map((one) => (
            <Result key={one.url} of={one} name={same ? t`Both URLs` : named(one.url)} />
          ))}
        </Stack>
      )}
    </Stack>
  );
}

function Result({ of, name }: { of: Schemas['UrlChecked']; name: string }) {
  const { t } = useLingui();
  const said = useSaid();
  return (
    <Alert
      role="group"
      variant="light"
      color={of.ok ? 'brand' : 'red'}
      icon={of.ok ? <IconCheck aria-hidden /> : <IconX aria-hidden />}
      title={of.ok ? t`${name}: works` : t`${name}: does not work`}
    >
      <Text size="sm">{said(of.detail)}</Text>
      <Text size="sm" c="dimmed">
        {said(of.help)}
      </Text>
    </Alert>
  );
}
