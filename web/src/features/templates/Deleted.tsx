import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { serverNow } from '~/api/clock';
import { useCan } from '~/api/session';
import { confirm } from '~/ui/confirm';
import { type Column, DataTable } from '~/ui/DataTable';
import { EmptyState } from '~/ui/EmptyState';
import { Time } from '~/ui/format';
import { done, failed } from '~/ui/toast';
import { plain } from '~/wa/parse';
import { type TemplateRow, useDeleted, useShelf } from './queries';
import { useLanguageName } from './words';

const DAY = 24 * 60 * 60 * 1000;
/** How long a deleted template can be restored. */
const DAYS = 30;

/** Templates that were deleted and can be restored. */
export function Deleted() {
  const { t } = useLingui();
  const can = useCan();
  const pages = useDeleted();
  const language = useLanguageName();
  const columns: Column<TemplateRow>[] = [
    {
      key: 'name',
      title: t`Name`,
      render: (row) => (
        <>
          <Text size="sm" fw={600}>
            <bdi>{row.name}</bdi>
          </Text>
          <Text size="xs" c="dimmed" lineClamp={1} dir="auto" maw={420}>
            {plain(row.content.body)}
          </Text>
        </>
      ),
    },
    { key: 'language', title: t`Language`, wide: true, render: (row) => language(row.language) },
    {
      key: 'deleted',
      title: t`Deleted`,
      render: (row) => (
        <>
          <Time at={row.deleted_at ?? 0} />
          <Left since={row.deleted_at ?? 0} />
        </>
      ),
    },
  ];
  if (can('templates.write'))
    columns.push({ key: 'acts', title: '', end: true, render: (row) => <Acts row={row} /> });
  return (
    <DataTable
      label={t`Recently deleted templates`}
      columns={columns}
      pages={pages}
      rowKey={(row) => row.id}
      empty={
        <EmptyState icon={IconTrash} title={<Trans>Nothing was deleted in the last 30 days</Trans>}>
          <Trans>A template that is deleted stays here for 30 days, and can be restored until then.</Trans>
        </EmptyState>
      }
    />
  );
}

function Left({ since }: { since: number }) {
  const days = Math.max(0, Math.ceil((since + DAYS * DAY - serverNow()) / DAY));
  return (
    <Text size="xs" c="dimmed">
      <Plural value={days} one="# day left" other="# days left" />
    </Text>
  );
}

function Acts({ row: { id, name } }: { row: TemplateRow }) {
  const { t } = useLingui();
  const shelf = useShelf();
  const restore = () =>
    shelf
      .restore(id)
      .then(() => done(<Trans>"{name}" is back in the list.</Trans>, () => shelf.remove(id)))
      .catch(failed);
  const ask = () =>
    confirm({
      title: t`Delete it for good?`,
      act: t`Delete for good`,
      danger: true,
      children: (
        <Trans>
          "<bdi>{name}</bdi>" cannot be restored after this, and its name is free. Campaigns that were sent
          with it keep their record.
        </Trans>
      ),
      run: async () => {
        await shelf.remove(id, true);
        done(t`Deleted for good.`);
      },
    });
  return (
    <Group gap="xs" justify="flex-end">
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => void restore()}
        aria-label={t`Restore ${name}`}
      >
        <Trans>Restore</Trans>
      </Button>
      <Button
        size="compact-sm"
        variant="subtle"
        color="red"
        onClick={ask}
        aria-label={t`Delete ${name} for good`}
      >
        <Trans>Delete for good</Trans>
      </Button>
    </Group>
  );
}
