import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArchive, IconArchiveOff, IconCopy, IconDots, IconTag, IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useCan } from '~/api/session';
import { confirm } from '~/ui/confirm';
import { done, failed } from '~/ui/toast';
import { useArchive } from './Chosen';
import { LabelsModal } from './Labels';
import { type Campaign, useClone, useDelete } from './queries';

/** What one can do with a campaign besides sending it. */
export function RowMenu({ row }: { row: Campaign }) {
  const { t } = useLingui();
  const can = useCan();
  const navigate = useNavigate();
  const clone = useClone();
  const remove = useDelete();
  const archive = useArchive();
  const [labelling, label] = useDisclosure();
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
  const ended = row.state === 'finished' || row.state === 'stopped';
  return (
    <>
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
          <Menu.Item leftSection={<IconTag size={16} aria-hidden />} onClick={label.open}>
            <Trans>Labels</Trans>
          </Menu.Item>
          {ended && !row.archived_at && (
            <Menu.Item
              leftSection={<IconArchive size={16} aria-hidden />}
              onClick={() => void archive([row.id], true)}
            >
              <Trans>Archive</Trans>
            </Menu.Item>
          )}
          {row.archived_at && (
            <Menu.Item
              leftSection={<IconArchiveOff size={16} aria-hidden />}
              onClick={() => void archive([row.id], false)}
            >
              <Trans>Take back into the list</Trans>
            </Menu.Item>
          )}
          {row.state === 'draft' && (
            <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={ask}>
              <Trans>Delete</Trans>
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <LabelsModal campaign={row} opened={labelling} close={label.close} />
    </>
  );
}
