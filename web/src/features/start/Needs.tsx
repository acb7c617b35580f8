import { Trans } from '@lingui/react/macro';
import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '~/api/client';
import { needPath, useNeedLinks } from './needs';

type Need = Schemas['Need'];

/** What does not go on without a person. */
export function Needs({ needs }: { needs: Need[] }) {
  const links = useNeedLinks();
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="needs">
      <Title order={2} size="h4" mb="sm" id="needs">
        <Trans>Needs you</Trans>
      </Title>
      {needs.length === 0 ? (
        <Group gap="xs" wrap="nowrap">
          <IconCircleCheck size={20} aria-hidden color="var(--mantine-color-brand-7)" />
          <Text size="sm">
            <Trans>Nothing: all goes on by itself.</Trans>
          </Text>
        </Group>
      ) : (
        <Stack gap="md">
          {needs.map((need) => {
            const path = needPath(need.link);
            return (
              <Group key={`${need.kind} ${need.link.id}`} gap="sm" wrap="nowrap" align="flex-start">
                <IconAlertTriangle
                  size={20}
                  aria-hidden
                  style={{ flex: 'none' }}
                  color="var(--mantine-color-orange-7)"
                />
                <div style={{ minWidth: 0 }}>
                  <Text size="sm" fw={600} dir="auto">
                    {need.title}
                  </Text>
                  <Text size="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>
                    {need.detail}
                  </Text>
                  {need.help && (
                    <Text size="sm" c="dimmed" mt={2}>
                      {need.help}
                    </Text>
                  )}
                  {path && (
                    <Anchor component={Link} to={path} size="sm" mt={2} display="inline-block">
                      {links(need.link.type)}
                    </Anchor>
                  )}
                </div>
              </Group>
            );
          })}
        </Stack>
      )}
    </Paper>
  );
}
