import { Trans } from '@lingui/react/macro';
import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '~/api/client';
import { Said } from '~/ui/Said';
import { needPath, useNeedHelp, useNeedLinks } from './needs';

type Need = Schemas['Need'];

/** What does not go on without a person. */
export function Needs({ needs }: { needs: Need[] }) {
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
          {needs.map((need) => (
            <One key={`${need.kind} ${need.link.id}`} need={need} />
          ))}
        </Stack>
      )}
    </Paper>
  );
}

function One({ need }: { need: Need }) {
  const help = useNeedHelp();
  const links = useNeedLinks();
  const path = needPath(need.link);
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <IconAlertTriangle
        size={20}
        aria-hidden
        style={{ flex: 'none' }}
        color="var(--mantine-color-orange-7)"
      />
      <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
        <Text size="sm" fw={600} dir="auto">
          <Said text={need.title} />
        </Text>
        <Text size="sm" dir="auto">
          <Said text={need.detail} />
        </Text>
        <Text size="sm" c="dimmed" mt={2}>
          {help(need)}
        </Text>
        {path && (
          <Anchor component={Link} to={path} size="sm" mt={2} display="inline-block">
            {links(need.link.type)}
          </Anchor>
        )}
      </div>
    </Group>
  );
}
