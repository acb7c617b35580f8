import { Box, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  title: ReactNode;
  about?: ReactNode;
  children: ReactNode;
}

/** A part of the form under a heading. */
export function Section({ title, about, children }: Props) {
  return (
    <Box component="section">
      <Title order={2} size="h4">
        {title}
      </Title>
      {about && (
        <Text size="sm" c="dimmed">
          {about}
        </Text>
      )}
      <Stack gap="sm" mt="xs">
        {children}
      </Stack>
    </Box>
  );
}

/** How many characters of how many. */
export function Count({ used, of }: { used: number; of: number }) {
  return (
    <Text
      component="span"
      size="xs"
      c={used > of ? 'var(--mantine-color-error)' : 'dimmed'}
      fw={used > of ? 700 : 400}
    >
      {used} / {of}
    </Text>
  );
}
