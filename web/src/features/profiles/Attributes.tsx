import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useCan } from '~/api/session';
import { useFormat } from '~/ui/format';
import { done, failed } from '~/ui/toast';
import { AttributeForm } from './AttributeForm';
import { type Profile, useChangeProfile, type Value } from './queries';

/** What is known about the person: texts, numbers, yes and no. */
export function Attributes({ person }: { person: Profile }) {
  const { t } = useLingui();
  const can = useCan();
  const change = useChangeProfile(person.id);
  // The name that is edited; an empty one is a new attribute.
  const [edited, setEdited] = useState<string>();
  const all = person.attributes as Record<string, Value>;
  const names = Object.keys(all).sort((a, b) => a.localeCompare(b));
  const write = can('profiles.write');
  const remove = async (name: string) => {
    const before = all[name];
    if (before === undefined) return;
    try {
      await change.mutateAsync({ attributes: { [name]: null } });
      done(t`${name} is removed.`, () => change.mutateAsync({ attributes: { [name]: before } }));
    } catch (problem) {
      failed(problem);
    }
  };
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={2} size="h5">
          <Trans>Attributes</Trans>
        </Title>
        {write && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setEdited('')}
          >
            <Trans>Add</Trans>
          </Button>
        )}
      </Group>
      {names.length === 0 ? (
        <Text size="sm" c="dimmed">
          <Trans>
            None yet. Attributes fill the placeholders of templates and choose people for campaigns.
          </Trans>
        </Text>
      ) : (
        <Table aria-label={t`Attributes`} verticalSpacing={4} horizontalSpacing={4}>
          <Table.Tbody>
            {names.map((name) => (
              <Table.Tr key={name}>
                <Table.Th
                  scope="row"
                  w="40%"
                  fw={400}
                  c="dimmed"
                  style={{ overflowWrap: 'anywhere' }}
                  dir="auto"
                >
                  {name}
                </Table.Th>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  <Shown value={all[name]} />
                </Table.Td>
                {write && (
                  <Table.Td w={76}>
                    <Group gap={4} wrap="nowrap" justify="flex-end">
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        aria-label={t`Change ${name}`}
                        onClick={() => setEdited(name)}
                      >
                        <IconPencil size={16} aria-hidden />
                      </ActionIcon>
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        aria-label={t`Remove ${name}`}
                        onClick={() => void remove(name)}
                      >
                        <IconTrash size={16} aria-hidden />
                      </ActionIcon>
                    </Group>
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <AttributeForm
        key={edited ?? 'closed'}
        name={edited}
        value={edited ? all[edited] : undefined}
        taken={names}
        close={() => setEdited(undefined)}
        save={(name, value) => change.mutateAsync({ attributes: { [name]: value } })}
      />
    </Stack>
  );
}

/** A value as people read it. */
export function Shown({ value }: { value: Value | undefined }) {
  const format = useFormat();
  if (typeof value === 'boolean') return value ? <Trans>Yes</Trans> : <Trans>No</Trans>;
  if (typeof value === 'number') return <>{format.number(value)}</>;
  return (
    <Text size="sm" dir="auto">
      {value}
    </Text>
  );
}
