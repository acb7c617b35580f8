import { Trans, useLingui } from '@lingui/react/macro';
import { Stack, Text } from '@mantine/core';
import { CopyField } from '~/ui/CopyField';

/** The addresses of this server that the provider must let in, and what its console calls that. */
export function Addresses({ addresses, hint }: { addresses: readonly string[]; hint?: string | null }) {
  const { t } = useLingui();
  if (addresses.length === 0 && !hint) return null;
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600} component="h3" m={0}>
        <Trans>IP addresses to allow at the provider</Trans>
      </Text>
      {hint && (
        <Text size="sm" c="dimmed">
          {hint}
        </Text>
      )}
      {addresses.length > 0 ? (
        addresses.map((address) => (
          <CopyField key={address} label={t`Address of this server`} value={address} />
        ))
      ) : (
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
