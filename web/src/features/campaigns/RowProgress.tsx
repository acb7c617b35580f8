import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Box, Text } from '@mantine/core';
import { useFormat } from '~/ui/format';
import { StackBar } from '~/ui/StackBar';
import type { Row } from './useCampaigns';

/** How far a campaign is, in a line. */
export function RowProgress({ row }: { row: Row }) {
  const { t } = useLingui();
  const format = useFormat();
  const { counts } = row;
  const sent = format.number(counts.sent);
  const people = format.number(counts.recipients);
  const delivered = format.number(counts.delivered);
  const read = format.number(counts.read);
  const failed = format.number(counts.failed);
  return (
    <Box maw={280} mt={4}>
      <StackBar
        height={6}
        label={t`${sent} of ${people} accepted, ${delivered} delivered, ${read} read, ${failed} failed`}
        whole={counts.recipients}
        parts={[
          { key: 'read', value: counts.read, color: 'var(--mantine-color-brand-7)' },
          { key: 'delivered', value: counts.delivered - counts.read, color: 'var(--mantine-color-brand-5)' },
          { key: 'sent', value: counts.sent - counts.delivered, color: 'var(--mantine-color-brand-3)' },
          { key: 'failed', value: counts.failed, color: 'var(--mantine-color-red-6)' },
        ]}
      />
      <Text size="xs" c="dimmed" mt={2}>
        <Trans>
          {sent} of {people} accepted
        </Trans>
        {counts.failed > 0 && (
          <>
            {' · '}
            <Plural value={counts.failed} one="1 failed" other={`${failed} failed`} />
          </>
        )}
      </Text>
    </Box>
  );
}
