import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconDownload, IconHistory, IconLock } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCan } from '~/api/session';
import { DataTable } from '~/ui/DataTable';
import { EmptyState } from '~/ui/EmptyState';
import { Time } from '~/ui/format';
import { PageHeader } from '~/ui/PageHeader';
import { Actor } from './Actor';
import classes from './Audit.module.css';
import { AuditFilters } from './AuditFilters';
import { AuditPanel } from './AuditPanel';
import { useActionWords } from './actions';
import { type AuditFilter, exportPath } from './filter';
import { useAudit } from './queries';

const route = getRouteApi('/shell/settings/audit');

/** `/settings/audit`: who changed what. */
export function Audit() {
  const { t } = useLingui();
  const can = useCan();
  const filter = route.useSearch();
  if (!can('audit.read')) {
    return (
      <>
        <PageHeader title={t`Audit log`} />
        <EmptyState icon={IconLock} title={t`Only owners and admins see the audit log`}>
          <Trans>Ask one of them if you need to know who changed something.</Trans>
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageHeader
        title={t`Audit log`}
        about={t`Who changed what, from where, and how it was before. Secrets are never shown.`}
        actions={
          <Button
            component="a"
            href={exportPath(filter)}
            download
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            <Trans>Export as CSV</Trans>
          </Button>
        }
      />
      <Log filter={filter} />
    </>
  );
}

function Log({ filter }: { filter: AuditFilter }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const words = useActionWords();
  const { id, ...narrow } = filter;
  const pages = useAudit(narrow);
  const filtered = Object.values(narrow).some(Boolean);
  const set = (search: AuditFilter) => void navigate({ to: '/settings/audit', search, replace: true });
  const open = (id: string | undefined) => set({ ...narrow, id });
  const opened = id ? pages.data?.pages.flatMap((page) => page.data).find((row) => row.id === id) : undefined;
  return (
    <Stack>
      <AuditFilters filter={narrow} set={set} />
      <DataTable
        label={t`Audit log`}
        top={330}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={(row) => open(row.id)}
        columns={[
          {
            key: 'at',
            title: <Trans>When</Trans>,
            render: (row) => (
              <>
                <Text size="sm" span visibleFrom="sm">
                  <Time at={row.at} full />
                </Text>
                <Text size="sm" span hiddenFrom="sm">
                  <Time at={row.at} />
                </Text>
              </>
            ),
          },
          { key: 'who', title: <Trans>Who</Trans>, wide: true, render: (row) => <Actor actor={row.actor} /> },
          {
            key: 'what',
            title: <Trans>What</Trans>,
            render: (row) => (
              <Stack gap={0}>
                <UnstyledButton className={classes.open} onClick={() => open(row.id)}>
                  {words(row.action)}
                </UnstyledButton>
                <Text size="xs" hiddenFrom="sm">
                  <Actor actor={row.actor} />
                </Text>
              </Stack>
            ),
          },
          {
            key: 'object',
            title: <Trans>On what</Trans>,
            render: (row) => (
              <Text size="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>
                {row.object_name || row.object_id}
              </Text>
            ),
          },
          {
            key: 'fields',
            title: <Trans>Fields</Trans>,
            wide: true,
            render: (row) => (
              <Text size="sm" c="dimmed" lineClamp={1}>
                {row.changes.map(({ field }) => field).join(', ')}
              </Text>
            ),
          },
          {
            key: 'address',
            title: <Trans>From</Trans>,
            wide: true,
            render: (row) => <bdi>{row.address}</bdi>,
          },
        ]}
        empty={
          filtered ? (
            <EmptyState
              icon={IconHistory}
              title={t`Nothing was changed like this`}
              actions={
                <Button variant="default" onClick={() => set({})}>
                  <Trans>Clear the filters</Trans>
                </Button>
              }
            />
          ) : (
            <EmptyState icon={IconHistory} title={t`Nothing was changed yet`}>
              <Trans>From now on each change of a person or program stands here.</Trans>
            </EmptyState>
          )
        }
      />
      <AuditPanel entry={opened} close={() => open(undefined)} />
    </Stack>
  );
}
