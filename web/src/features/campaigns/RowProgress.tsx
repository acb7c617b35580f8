import { Trans, useLingui } from '@lingui/react/macro';
import { Box, Text } from '@mantine/core';
import { useFormat } from '~/ui/format';
import { StackBar } from '~/ui/StackBar';
import type { Row } from './useCampaigns';

/** How far a campaign is, in a line. */
export function RowProgress({ row }: { row: Row }) {
  const { t } = useLingui();
  const format = useFormat();
  const { funnel } = row;
  if (!funnel) return null;
  const whole = Math.max(row.expected ?? 0, funnel.recipients);
  const sent = format.number(funnel.sent);
  const people = format.number(whole);
  const delivered = format.number(funnel.delivered);
  const read = format.number(funnel.read);
  const failed = format.number(funnel.failed);
  return (
    <Box maw={280} mt={4}>
      <StackBar
        height={6}
        label={t`${sent} of ${people} accepted, ${delivered} delivered, ${read} read, ${failed} failed`}
        whole={whole}
        parts={[
          { key: 'read', label: t`Read`, value: funnel.read, color: 'var(--mantine-color-brand-7)' },
          {
            key: 'delivered',
            label: t`Delivered`,
            value: funnel.delivered - funnel.read,
            color: 'var(--mantine-color-brand-5)',
          },
          {
            key: 'sent',
            label: t`Accepted`,
            value: funnel.sent - funnel.delivered,
            color: 'var(--mantine-color-brand-3)',
          },
          { key: 'failed', label: t`Failed`, value: funnel.failed, color: 'var(--mantine-color-red-6)' },
          {
            key: 'unknown',
            label: t`Unknown`,
            value: funnel.unknown,
            color: 'var(--mantine-color-grape-5)',
          },
        ]}
      />
      <Text size="xs" c="dimmed" mt={2}>
        <Trans>
          {sent} of {people} accepted
        </Trans>
      </Text>
    </Box>
  );
}
