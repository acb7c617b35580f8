import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Check } from './checks';

const LOOK = {
  good: { Icon: IconCircleCheck, color: 'var(--mantine-color-brand-7)' },
  warn: { Icon: IconAlertTriangle, color: 'var(--mantine-color-orange-7)' },
  bad: { Icon: IconCircleX, color: 'var(--mantine-color-error)' },
} as const;

/** Checks, each with its sign in colour and word, and the way to mend it. */
export function CheckList({ checks, id }: { checks: readonly Check[]; id?: string }) {
  const { t } = useLingui();
  const names = { good: t`Fine:`, warn: t`Mind:`, bad: t`Must be mended:` };
  return (
    <Stack gap={6} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
      {checks.map((check) => {
        const { Icon, color } = LOOK[check.tone];
        return (
          <li key={check.key}>
            <Group gap="xs" wrap="nowrap" align="flex-start">
              <Icon
                size={18}
                color={color}
                role="img"
                aria-label={names[check.tone]}
                style={{ flex: 'none', marginTop: 2 }}
              />
              <Text size="sm" dir="auto">
                {check.text} {check.help}{' '}
                {check.tone !== 'good' && check.to && (
                  <Anchor component={Link} to={check.to} size="sm">
                    <Trans>Fix</Trans>
                  </Anchor>
                )}
                {check.tone !== 'good' && !check.to && check.step && id && (
                  <Anchor
                    component={Link}
                    to={`/campaigns/${id}/edit`}
                    search={{ step: check.step } as never}
                    size="sm"
                  >
                    <Trans>Fix</Trans>
                  </Anchor>
                )}
              </Text>
            </Group>
          </li>
        );
      })}
    </Stack>
  );
}
