import { Card, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFormat } from '~/ui/format';

/** A number with what it counts. */
export function Figure({ label, value, bad }: { label: ReactNode; value: number; bad?: boolean }) {
  const format = useFormat();
  return (
    <Card withBorder padding="xs">
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text
        size="lg"
        fw={600}
        c={bad && value > 0 ? 'var(--mantine-color-error)' : undefined}
        style={{ fontVariantNumeric: 'tabular-nums' }}
      >
        {format.number(value)}
      </Text>
    </Card>
  );
}
