import { Trans, useLingui } from '@lingui/react/macro';
import {
  ActionIcon,
  Menu,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  useMantineColorScheme,
} from '@mantine/core';
import { IconLogout, IconUserCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { api, holdRequests } from '~/api/client';
import { useCan, useSession } from '~/api/session';
import { LANGUAGES, type Language, speak } from '~/i18n';
import { askToNotify, useNotify } from '~/ui/notify';
import { useRoleNames } from '~/ui/roles';
import { failed } from '~/ui/toast';
import { useShortcutsOn } from './shortcuts';

/** Who is signed in, language, colours, shortcuts and the way out. */
export function UserMenu() {
  const { t, i18n } = useLingui();
  const { user } = useSession();
  const roles = useRoleNames();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const can = useCan();
  const notifying = useNotify();
  const [shortcuts, setShortcuts] = useShortcutsOn();
  const leave = async () => {
    // What this page asks for meanwhile would be asked by nobody.
    const release = holdRequests();
    const response = await fetch('/api/v1/session', {
      method: 'DELETE',
      headers: { 'x-harkara': '1' },
    }).catch(() => undefined);
    if (response?.ok) return location.assign('/signin');
    release();
    failed(new Error(t`You are still signed in: the server did not answer.`));
  };
  const choose = async (language: Language) => {
    await speak(language);
    // Kept with the account as well, so that it follows to other browsers.
    await api.PATCH('/api/v1/session', { body: { language } }).catch(failed);
  };
  return (
    <Menu position="bottom-end" width={280} closeOnItemClick={false}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t`${user.name}: account, language and colours`}
        >
          <IconUserCircle size={22} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Stack gap={0} px="sm" py="xs">
          <Text fw={600} size="sm" dir="auto">
            {user.name}
          </Text>
          <Text size="xs" c="dimmed">
            {user.email} · {roles[user.role] ?? user.role}
          </Text>
        </Stack>
        <Menu.Divider />
        <Stack gap="xs" px="sm" py="xs">
          <SegmentedControl
            size="xs"
            aria-label={t`Language`}
            value={i18n.locale}
            onChange={(value) => void choose(value as Language)}
            data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
          />
          <SegmentedControl
            size="xs"
            aria-label={t`Colours`}
            value={colorScheme}
            onChange={(value) => setColorScheme(value as 'light' | 'dark' | 'auto')}
            data={[
              { value: 'auto', label: t`Auto` },
              { value: 'light', label: t`Light` },
              { value: 'dark', label: t`Dark` },
            ]}
          />
          <Switch
            size="sm"
            checked={shortcuts}
            onChange={(e) => setShortcuts(e.currentTarget.checked)}
            label={t`Single-key shortcuts`}
          />
          {can('inbox.read') && notifying !== 'impossible' && (
            <Switch
              size="sm"
              checked={notifying === 'on'}
              disabled={notifying === 'refused'}
              onChange={(e) => void askToNotify(e.currentTarget.checked).catch(failed)}
              label={t`Notify me of new messages`}
              description={
                notifying === 'refused'
                  ? t`Your browser refuses. Allow notifications for this page in its settings.`
                  : t`Says who wrote when no tab of this page is in view.`
              }
            />
          )}
        </Stack>
        <Menu.Divider />
        <Menu.Item
          component={Link}
          to="/settings/me"
          closeMenuOnClick
          leftSection={<IconUserCircle size={16} aria-hidden />}
        >
          <Trans>Password and sessions</Trans>
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>
          <Trans>Sign out</Trans>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
