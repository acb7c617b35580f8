import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, Popover, ScrollArea, Stack, Text } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconColumns3 } from '@tabler/icons-react';
import type { Column } from '~/ui/DataTable';
import { Time } from '~/ui/format';
import { useAttributeNames } from '~/ui/people';
import { Shown } from './Attributes';
import type { Profile, Value } from './queries';

/** More than this does not fit beside each other. */
const MOST = 8;
/** What the name of an attribute begins with among the columns. */
const OWN = 'attribute:';

/** The columns beside name, number and consent that somebody chose in this browser, by their keys. */
export const useChosen = () =>
  useLocalStorage({ key: 'harkara.profiles.columns', defaultValue: ['identity', 'updated'] });

/** The columns of these keys. An attribute that nobody has any more stays, and is empty. */
export function useColumnsOf(keys: readonly string[]): Column<Profile>[] {
  const { t } = useLingui();
  return keys.slice(0, MOST).map((key): Column<Profile> => {
    if (key === 'identity') {
      return {
        key,
        title: t`Identity`,
        wide: true,
        render: (row) => (
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            <bdi>{row.identity}</bdi>
          </Text>
        ),
      };
    }
    if (key === 'updated')
      return {
        key,
        title: t`Updated`,
        wide: true,
        width: 120,
        render: (row) => <Time at={row.updated_at} />,
      };
    const name = key.slice(OWN.length);
    return {
      key,
      title: <bdi>{name}</bdi>,
      wide: true,
      render: (row) => <Shown value={(row.attributes as Record<string, Value>)[name]} />,
    };
  });
}

interface Props {
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

/** Which columns the table has. */
export function ChooseColumns({ chosen, onChange }: Props) {
  const { t } = useLingui();
  const names = useAttributeNames();
  const known = [
    ...new Set([...chosen.filter((key) => key.startsWith(OWN)), ...names.map((name) => OWN + name)]),
  ];
  const full = chosen.length >= MOST;
  const choice = (key: string, label: string) => (
    <Checkbox key={key} value={key} label={<bdi>{label}</bdi>} disabled={full && !chosen.includes(key)} />
  );
  return (
    <Popover position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} aria-hidden />}>
          <Trans>Columns</Trans>
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t`Columns`}>
        <ScrollArea.Autosize mah={360}>
          <Checkbox.Group label={t`Beside name, number and consent`} value={chosen} onChange={onChange}>
            <Stack gap="xs" mt="xs">
              {choice('identity', t`Identity`)}
              {choice('updated', t`Updated`)}
              {known.map((key) => choice(key, key.slice(OWN.length)))}
            </Stack>
          </Checkbox.Group>
        </ScrollArea.Autosize>
        {full && (
          <Text size="xs" c="dimmed" mt="xs">
            <Trans>More columns do not fit.</Trans>
          </Text>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
