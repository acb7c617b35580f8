import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconKey, IconShieldOff, IconUserCheck, IconUserOff } from '@tabler/icons-react';
import type { Schemas } from '~/api/client';
import { useCan, useSession } from '~/api/session';
import { confirm } from '~/ui/confirm';
import { openDialog } from '~/ui/dialogs';
import { done, failed } from '~/ui/toast';
import { OneTimeLink } from './OneTimeLink';
import { useChangeUser, useResetLink, useTakeFactor } from './queries';

/** What can be done about a user; nothing about owners unless one is an owner. */
export function UserActions({ user }: { user: Schemas['User'] }) {
  const { t } = useLingui();
  const can = useCan();
  const { user: me } = useSession();
  const change = useChangeUser();
  const reset = useResetLink();
  const take = useTakeFactor();
  if (user.id === me.id || (user.role === 'owner' && !can('owners.manage'))) return null;
  const link = () =>
    confirm({
      title: t`Make a link to choose a new password?`,
      children: t`Whoever opens the link chooses the password of ${user.name} and is signed in. The old password works until then.`,
      act: t`Make the link`,
      run: async () => {
        const { url, expires_at } = await reset.mutateAsync(user.id);
        openDialog({
          title: t`Link for ${user.name}`,
          closeOnClickOutside: false,
          children: <OneTimeLink url={url} expiresAt={expires_at} email={user.email} />,
        });
      },
    });
  const takeFactor = () =>
    confirm({
      title: t`Take the second factor of ${user.name} away?`,
      children: t`For somebody who lost the phone and has no recovery code. Their password is enough from then on, until they set up a new one. First make sure that it is really them who asks.`,
      stops: [t`They are signed out everywhere.`, t`Their recovery codes do not work any more.`],
      act: t`Take it away`,
      danger: true,
      run: async () => {
        await take.mutateAsync(user.id);
        done(t`${user.name} signs in with the password alone now.`);
      },
    });
  const deactivate = () =>
    confirm({
      title: t`Deactivate ${user.name}?`,
      children: t`They are signed out everywhere at once and cannot sign in any more. What they did stays in the history, and you can activate them again.`,
      act: t`Deactivate`,
      danger: true,
      run: async () => {
        await change.mutateAsync({ id: user.id, active: false });
        done(t`${user.name} cannot sign in any more.`);
      },
    });
  const activate = () =>
    change
      .mutateAsync({ id: user.id, active: true })
      .then(() => done(t`${user.name} can sign in again.`))
      .catch(failed);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t`What to do about ${user.name}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {user.active ? (
          <>
            <Menu.Item leftSection={<IconKey size={16} aria-hidden />} onClick={link}>
              <Trans>Link for a new password</Trans>
            </Menu.Item>
            {user.second_factor && (
              <Menu.Item leftSection={<IconShieldOff size={16} aria-hidden />} onClick={takeFactor}>
                <Trans>Take the second factor away</Trans>
              </Menu.Item>
            )}
            <Menu.Item leftSection={<IconUserOff size={16} aria-hidden />} onClick={deactivate}>
              <Trans>Deactivate</Trans>
            </Menu.Item>
          </>
        ) : (
          <Menu.Item leftSection={<IconUserCheck size={16} aria-hidden />} onClick={() => void activate()}>
            <Trans>Activate</Trans>
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
