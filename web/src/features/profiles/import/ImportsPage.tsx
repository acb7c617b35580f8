import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, Progress, Text } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCan } from '~/api/session';
import { type Column, DataTable } from '~/ui/DataTable';
import { EmptyState } from '~/ui/EmptyState';
import { Time, useFormat } from '~/ui/format';
import { PageHeader } from '~/ui/PageHeader';
import { Said } from '~/ui/Said';
import { StatusPill } from '~/ui/StatusPill';
import { Sections } from '../Sections';
import { shareOf } from './pace';
import { type Job, useImports } from './queries';
import { UndoButton } from './Undo';
import { useImportStates } from './words';

/** Where an import is looked at; one that waits to be started goes on in its steps. */
const pageOf = ({ id, state }: Job) =>
  state === 'draft' ? `/profiles/import?draft=${id}` : `/profiles/imports/${id}`;

/** `/profiles/imports`: what was imported, and what is being imported. */
export function ImportsPage() {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const navigate = useNavigate();
  const stateOf = useImportStates();
  const pages = useImports();
  const start = can('profiles.import') && (
    <Button component={Link} to="/profiles/import" leftSection={<IconFileImport size={16} aria-hidden />}>
      <Trans>Import a file</Trans>
    </Button>
  );
  const count = (key: string, title: string, of: (row: Job) => number): Column<Job> => ({
    key,
    title,
    end: true,
    wide: true,
    render: (row) => format.number(of(row)),
  });
  return (
    <>
      <PageHeader
        title={t`Imports`}
        about={t`Files of people. An import goes on when you leave the page.`}
        actions={start}
      />
      <Sections />
      <DataTable
        label={t`Imports`}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={(row) => void navigate({ to: pageOf(row) })}
        columns={[
          {
            key: 'file',
            title: t`File`,
            render: (row) => (
              <>
                <Anchor component={Link} to={pageOf(row)} size="sm" fw={500} dir="auto">
                  {row.file_name}
                </Anchor>
                {(row.state === 'running' || row.state === 'paused') && (
                  <Progress
                    mt={4}
                    maw={240}
                    size="sm"
                    value={shareOf(row) * 100}
                    aria-label={row.file_name}
                  />
                )}
                {row.problem && (
                  <Text size="xs" c="dimmed" lineClamp={1}>
                    <Said text={row.problem} />
                  </Text>
                )}
              </>
            ),
          },
          {
            key: 'state',
            title: t`State`,
            width: 130,
            render: (row) => {
              const state = stateOf(row);
              return <StatusPill tone={state.tone}>{state.label}</StatusPill>;
            },
          },
          count('rows', t`Rows`, (row) => row.rows),
          count('new', t`New`, (row) => row.created),
          count('changed', t`Changed`, (row) => row.updated),
          count('bad', t`Bad rows`, (row) => row.invalid),
          {
            key: 'at',
            title: t`Begun`,
            wide: true,
            width: 110,
            render: (row) => <Time at={row.created_at} />,
          },
          {
            key: 'undo',
            title: t`Undo`,
            wide: true,
            width: 130,
            render: (row) => <UndoButton job={row} compact />,
          },
        ]}
        empty={
          <EmptyState icon={IconFileImport} title={t`Nothing was imported yet`} actions={start || undefined}>
            <Trans>
              A file of people is checked first. Bad rows can be downloaded, mended and imported again.
            </Trans>
          </EmptyState>
        }
      />
    </>
  );
}
