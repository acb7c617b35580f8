import { useLingui } from '@lingui/react/macro';
import { Group, Tooltip } from '@mantine/core';
import { IconKey, IconServer, IconTerminal2, IconUser } from '@tabler/icons-react';
import type { Schemas } from '~/api/client';

const ICONS = { user: IconUser, api_key: IconKey, system: IconServer, cli: IconTerminal2 };

/** Kinds of actors in words. */
export function useActorKinds(): Record<string, string> {
  const { t } = useLingui();
  return {
    user: t`Person`,
    api_key: t`API key`,
    system: t`The server itself`,
    cli: t`Command line`,
  };
}

/** Who did something: a person, a program, the server or its operator. */
export function Actor({ actor }: { actor: Schemas['AuditActor'] }) {
  const kinds = useActorKinds();
  const Icon = ICONS[actor.type as keyof typeof ICONS] ?? IconUser;
  const kind = kinds[actor.type] ?? actor.type;
  return (
    <Tooltip label={kind}>
      <Group gap={6} wrap="nowrap" component="span" display="inline-flex">
        <Icon size={16} role="img" aria-label={kind} style={{ flex: 'none' }} />
        <span dir="auto">{actor.name || kind}</span>
      </Group>
    </Tooltip>
  );
}
