import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconDownload, IconPencil, IconTrash } from '@tabler/icons-react';
import { useCan } from '~/api/session';
import { confirm } from '~/ui/confirm';
import { useFormat } from '~/ui/format';
import { done } from '~/ui/toast';
import { exportPath } from '../queries';
import { deleteList, type List, restoreList } from './queries';

/** Campaigns in these states are still to go to the list, or go on. */
const OPEN = ['draft', 'scheduled', 'running', 'paused'];

/** What can be done with a list. */
export function ListMenu({ list, rename }: { list: List; rename: () => void }) {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  if (!can('profiles.write') && !can('profiles.export')) return null;
  const open = list.campaigns.filter(({ state }) => OPEN.includes(state));
  const people = format.number(list.size);
  const remove = () =>
    open.length > 0
      ? confirm({
          title: t`This list is still used`,
          children: t`Campaigns are for it, or will be. Choose other people for the drafts, and wait for the others or stop them. Then delete the list.`,
          stops: open.map(({ name }) => name),
          act: t`Look again and delete`,
          danger: true,
          run: () => deleted(),
        })
      : confirm({
          title: t`Delete the list "${list.name}"?`,
          children: (
            <>
              <Plural
                value={list.size}
                one="1 person is on it, and stays."
                other={`${people} people are on it, and stay.`}
              />{' '}
              <Trans>For 30 days it can be taken back.</Trans>{' '}
              {list.used > 0 ? t`The campaigns that went to it stay, too:` : t`No campaign uses it.`}
            </>
          ),
          stops: list.campaigns.map(({ name }) => name),
          act: t`Delete the list`,
          danger: true,
          run: () => deleted(),
        });
  const deleted = async () => {
    await deleteList(list.id);
    done(t`The list "${list.name}" is deleted.`, () => restoreList(list.id));
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t`More about ${list.name}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {can('profiles.write') && (
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={rename}>
            <Trans>Rename</Trans>
          </Menu.Item>
        )}
        {can('profiles.export') && (
          <Menu.Item
            component="a"
            href={exportPath({ list: list.id })}
            download
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            <Trans>Download as CSV</Trans>
          </Menu.Item>
        )}
        {can('profiles.write') && (
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={remove}>
            <Trans>Delete</Trans>
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
