import { Trans } from '@lingui/react/macro';
import { Group, Text } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import { Time } from '~/ui/format';

/** Whether a callback URL was called yet. It turns by itself. */
export function CallbackLight({ at }: { at?: number | null | undefined }) {
  return (
    <Group gap={6} role="status" wrap="nowrap" align="flex-start">
      {at ? (
        <IconCircleCheck
          size={16}
          color="var(--mantine-color-anchor)"
          style={{ flexShrink: 0 }}
          aria-hidden
        />
      ) : (
        <IconCircleDashed
          size={16}
          color="var(--mantine-color-dimmed)"
          style={{ flexShrink: 0 }}
          aria-hidden
        />
      )}
      <Text size="xs" c="dimmed">
        {at ? (
          <Trans>
            Received something: <Time at={at} full />
          </Trans>
        ) : (
          <Trans>Nothing was received yet. Paste the URL at the provider; this turns by itself.</Trans>
        )}
      </Text>
    </Group>
  );
}
