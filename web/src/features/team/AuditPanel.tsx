import { Trans, useLingui } from '@lingui/react/macro';
import { Drawer, Stack, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '~/api/client';
import { useFormat } from '~/ui/format';
import { Actor } from './Actor';
import classes from './Audit.module.css';
import { useActionWords } from './actions';

type Entry = Schemas['AuditEntry'];

/** A value as it was or is: text as text, nothing as a word, anything else as JSON. */
export function valueText(value: unknown, nothing: string): string {
  if (value === null || value === undefined || value === '') return nothing;
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** One entry: who, when, from where, and each field before and after. */
export function AuditPanel({ entry, close }: { entry: Entry | undefined; close: () => void }) {
  const { t } = useLingui();
  const words = useActionWords();
  return (
    <Drawer
      opened={entry !== undefined}
      onClose={close}
      position="right"
      size="lg"
      title={entry ? words(entry.action) : ''}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {entry && <Details entry={entry} />}
    </Drawer>
  );
}

function Details({ entry }: { entry: Entry }) {
  const { t } = useLingui();
  const format = useFormat();
  const nothing = t`nothing`;
  return (
    <Stack>
      <Table verticalSpacing={6} aria-label={t`About this entry`}>
        <Table.Tbody>
          <Row name={t`When`}>{format.exact(entry.at)}</Row>
          <Row name={t`Who`}>
            <Actor actor={entry.actor} />
          </Row>
          <Row name={t`On what`}>
            <Stack gap={0}>
              {entry.object_name && <span dir="auto">{entry.object_name}</span>}
              {entry.object_id && (
                <Link
                  to="/settings/audit"
                  search={{ object: entry.object_id }}
                  className={classes.open}
                  title={t`All changes of this object`}
                >
                  <bdi>{entry.object_id}</bdi>
                </Link>
              )}
            </Stack>
          </Row>
          {entry.address && (
            <Row name={t`From`}>
              <bdi>{entry.address}</bdi>
            </Row>
          )}
          <Row name={t`Code`}>
            <span className={classes.value}>{entry.action}</span>
          </Row>
        </Table.Tbody>
      </Table>
      {entry.changes.length === 0 ? (
        <Text size="sm" c="dimmed">
          <Trans>No field was changed.</Trans>
        </Text>
      ) : (
        <Table layout="fixed" aria-label={t`Fields before and after`} withTableBorder>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="26%">
                <Trans>Field</Trans>
              </Table.Th>
              <Table.Th>
                <Trans>Before</Trans>
              </Table.Th>
              <Table.Th>
                <Trans>After</Trans>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entry.changes.map(({ field, before, after }) => (
              <Table.Tr key={field}>
                <Table.Th scope="row" fw={500} style={{ overflowWrap: 'anywhere' }}>
                  {field}
                </Table.Th>
                <Table.Td className={classes.value} dir="auto">
                  {valueText(before, nothing)}
                </Table.Td>
                <Table.Td className={classes.value} dir="auto">
                  {valueText(after, nothing)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}

function Row({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" w={110} fw={500} c="dimmed">
        {name}
      </Table.Th>
      <Table.Td>{children}</Table.Td>
    </Table.Tr>
  );
}
