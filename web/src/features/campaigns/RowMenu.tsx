import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Menu } from '@mantine/core';
import { IconCopy, IconDots } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useCan } from '~/api/session';
import { done, failed } from '~/ui/toast';
import { useClone } from './queries';
import type { Row } from './useCampaigns';

/** What one can do with a campaign of the list. */
export function RowMenu({ row }: { row: Row }) {
  const { t } = useLingui();
  const can = useCan();
  const navigate = useNavigate();
  const clone = useClone();
  if (!can('campaigns.write')) return null;
  const copy = async () => {
    try {
      const made = await clone.mutateAsync({ campaign: row, name: t`Copy of ${row.name}`.slice(0, 200) });
      done(t`The copy is a draft: change what you like, then launch it.`);
      void navigate({ to: '/campaigns/$id/edit', params: { id: made.id } });
    } catch (error) {
      failed(error);
    }
  };
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
      </Menu.Dropdown>
    </Menu>
  );
}
