import { Trans, useLingui } from '@lingui/react/macro';
import { Stack, Text } from '@mantine/core';
import { CopyField } from '~/ui/CopyField';
import { Said } from '~/ui/Said';

interface Props {
  /** Without them nothing is said about addresses: they are not known here yet. */
  addresses: readonly string[] | undefined;
  hint?: string | null | undefined;
  /** Of its heading. */
  order?: 2 | 3;
}

/** The addresses of this server that the provider must let in, and what its console calls that. */
export function Addresses({ addresses, hint, order = 2 }: Props) {
  const { t } = useLingui();
  if (!addresses?.length && !hint) return null;
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600} component={`h${order}`} m={0}>
        <Trans>IP addresses to allow at the provider</Trans>
      </Text>
      {hint && (
        <Text size="sm" c="dimmed">
          <Said text={hint} />
        </Text>
      )}
      {addresses?.map((address) => (
        <CopyField key={address} label={t`Address of this server`} name={address} value={address} />
      ))}
      {addresses?.length === 0 && (
        <Text size="sm" c="dimmed">
          <Trans>
            The operator has not named the public addresses of this server. Ask for them: the setting is
            called egress_addresses.
          </Trans>
        </Text>
      )}
    </Stack>
  );
}
