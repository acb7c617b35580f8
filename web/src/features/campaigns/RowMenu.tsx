import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Menu } from '@mantine/core';
import { IconCopy, IconDots, IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useCan } from '~/api/session';
import { confirm } from '~/ui/confirm';
import { done, failed } from '~/ui/toast';
import { useClone, useDelete } from './queries';
import type { Row } from './useCampaigns';

/** What one can do with a campaign of the list. */
export function RowMenu({ row }: { row: Row }) {
  const { t } = useLingui();
  const can = useCan();
  const navigate = useNavigate();
  const clone = useClone();
  const remove = useDelete();
  if (!can('campaigns.write')) return null;
  const copy = async () => {
    try {
      const name = t`Copy of ${row.name}`.slice(0, 200);
      const made = await clone.mutateAsync({ id: row.id, name });
      done(t`The copy is a draft: change what you like, then launch it.`);
      await navigate({ to: '/campaigns/$id/edit', params: { id: made.id } });
    } catch (error) {
      failed(error);
    }
  };
  const ask = () =>
    confirm({
      title: t`Delete this draft?`,
      act: t`Delete the draft`,
      danger: true,
      children: t`The draft "${row.name}" is gone for good. Nothing of it was sent.`,
      run: async () => {
        await remove.mutateAsync(row.id);
        done(t`The draft is deleted.`);
      },
    });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t`More about ${row.name}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={16} aria-hidden />} onClick={() => void copy()}>
          <Trans>Clone</Trans>
        </Menu.Item>
        {row.state === 'draft' && (
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={ask}>
            <Trans>Delete</Trans>
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
