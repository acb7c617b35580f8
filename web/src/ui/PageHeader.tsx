import { Box, Group, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTitle } from './title';

interface Props {
  title: string;
  /** One sentence on what the page is for. */
  about?: ReactNode;
  actions?: ReactNode;
  /** Stands beside the title, such as a status. */
  beside?: ReactNode;
}

/** The page's one `h1`. It sets the window's title and takes the focus, so that a screen reader hears the new page. */
export function PageHeader({ title, about, actions, beside }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(title);
  useEffect(() => {
    // A page whose first field has taken the focus keeps it there.
    const at = document.activeElement;
    if (at?.matches('input, textarea') && heading.current?.closest('main')?.contains(at)) return;
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
      <Box style={{ minWidth: 0 }}>
        <Group gap="sm">
          <Title order={1} size="h2" ref={heading} tabIndex={-1} style={{ outline: 'none' }} dir="auto">
            {title}
          </Title>
          {beside}
        </Group>
        {about && (
          <Text c="dimmed" size="sm" mt={4}>
            {about}
          </Text>
        )}
      </Box>
      {actions && <Group gap="xs">{actions}</Group>}
    </Group>
  );
}
