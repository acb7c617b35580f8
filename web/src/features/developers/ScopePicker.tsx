import { Trans } from '@lingui/react/macro';
import { Button, Checkbox, Group, SimpleGrid, Skeleton, Stack, Text, Tooltip } from '@mantine/core';
import { useCan } from '~/api/session';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { byArea, useAreas, usePermissionWords } from '~/ui/permissions';
import { usePermissions } from './queries';
import { useTasks } from './scopes';

interface Props {
  value: string[];
  onChange: (scopes: string[]) => void;
}

/** Chooses permissions of a key: by task, then one by one. Nobody gives a key more than they may themselves. */
export function ScopePicker({ value, onChange }: Props) {
  const can = useCan();
  const words = usePermissionWords();
  const areas = useAreas();
  const tasks = useTasks();
  const permissions = usePermissions();
  if (permissions.isPending) return <Skeleton height={240} />;
  if (permissions.isError)
    return <ProblemAlert problem={permissions.error} retry={() => void permissions.refetch()} />;
  const given = permissions.data.data.filter((p) => p.for_keys && can(p.permission));
  const known = new Set(given.map((p) => p.permission));
  const same = (scopes: string[]) =>
    scopes.length === value.length && scopes.every((scope) => value.includes(scope));
  const within = (area: { permissions: { permission: string }[] }, scope: string) =>
    area.permissions.some((p) => p.permission === scope);
  return (
    <Stack gap="sm">
      <div>
        <Text size="sm" fw={500} mb={4}>
          <Trans>Start from a task</Trans>
        </Text>
        <Group gap="xs">
          {tasks.map(({ key, name, about, scopes }) => {
            const wanted = scopes.filter((scope) => known.has(scope));
            const on = same(wanted);
            return (
              <Tooltip key={key} label={about} multiline maw={260}>
                <Button
                  size="compact-sm"
                  variant={on ? 'filled' : 'default'}
                  aria-pressed={on}
                  onClick={() => onChange(on ? [] : wanted)}
                >
                  {name}
                </Button>
              </Tooltip>
            );
          })}
        </Group>
      </div>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" verticalSpacing="sm">
        {byArea(given, areas).map((area) => (
          <Checkbox.Group
            key={area.key}
            label={area.name}
            value={value.filter((scope) => within(area, scope))}
            onChange={(next) => onChange([...value.filter((scope) => !within(area, scope)), ...next].sort())}
          >
            <Stack gap={6} mt={4}>
              {area.permissions.map((p) => (
                <Checkbox
                  key={p.permission}
                  size="sm"
                  value={p.permission}
                  label={words(p.permission, p.about)}
                />
              ))}
            </Stack>
          </Checkbox.Group>
        ))}
      </SimpleGrid>
    </Stack>
  );
}
