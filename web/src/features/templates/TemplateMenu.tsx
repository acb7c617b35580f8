import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Group, Menu, Text } from '@mantine/core';
import {
  IconCopy,
  IconDots,
  IconHistory,
  IconPlayerPause,
  IconPlayerPlay,
  IconSend,
  IconTrash,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useCan } from '~/api/session';
import { confirm } from '~/ui/confirm';
import { TestSend } from '~/ui/TestSend';
import { done, failed } from '~/ui/toast';
import type { Template } from './form';
import { sendTest, useSetStatus, useShelf } from './queries';

const Versions = lazy(() => import('./Versions'));

interface Props {
  template: Template;
  /** Something is not saved: what is tested is what was saved. */
  dirty?: boolean;
  /** The template is about to be gone. */
  onGone?: () => void;
  /** In a row of the list: everything in the menu. */
  small?: boolean;
}

/** What can be done with a saved template besides writing it. */
export function TemplateMenu({ template, dirty = false, onGone, small = false }: Props) {
  const { t } = useLingui();
  const can = useCan();
  const navigate = useNavigate();
  const shelf = useShelf();
  const setStatus = useSetStatus();
  const [testing, setTesting] = useState(false);
  const [looking, setLooking] = useState(false);
  const { id, name, status } = template;
  const tests = can('messages.send') && status === 'approved';
  const writes = can('templates.write');
  const untested = dirty
    ? t`Save first: what is saved is what is sent.`
    : template.problems.length > 0
      ? t`First say what every placeholder is filled with.`
      : undefined;
  const become = (next: 'draft' | 'approved' | 'disabled') =>
    setStatus
      .mutateAsync({ id, status: next })
      .then(() => done(next === 'disabled' ? t`Out of use.` : t`In use again.`))
      .catch(failed);
  const remove = async () => {
    try {
      await shelf.remove(id);
      onGone?.();
      if (!small) await navigate({ to: '/templates' });
      done(<Trans>"{name}" is deleted. For 30 days it is among the recently deleted.</Trans>, () =>
        shelf.restore(id),
      );
    } catch (problem) {
      failed(problem);
    }
  };
  if (small && !tests && !writes) return null;
  return (
    <Group gap="xs" wrap="nowrap">
      {tests && !small && (
        <Button
          variant="default"
          leftSection={<IconSend size={16} aria-hidden />}
          onClick={() => setTesting(true)}
          disabled={Boolean(untested)}
          title={untested}
        >
          <Trans>Send a test</Trans>
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant={small ? 'subtle' : 'default'}
            color="gray"
            size={small ? 30 : 36}
            aria-label={t`More for ${name}`}
          >
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {tests && small && (
            <Menu.Item
              leftSection={<IconSend size={16} aria-hidden />}
              onClick={() => setTesting(true)}
              disabled={Boolean(untested)}
            >
              <Trans>Send a test</Trans>
              {untested && (
                <Text size="xs" c="dimmed">
                  {untested}
                </Text>
              )}
            </Menu.Item>
          )}
          {writes && (
            <Menu.Item
              leftSection={<IconCopy size={16} aria-hidden />}
              onClick={() => void navigate({ to: '/templates/new', search: { from: id } })}
            >
              <Trans>Clone</Trans>
            </Menu.Item>
          )}
          {!small && (
            <Menu.Item leftSection={<IconHistory size={16} aria-hidden />} onClick={() => setLooking(true)}>
              <Trans>Versions</Trans>
            </Menu.Item>
          )}
          {writes && (status === 'pending' || status === 'paused') && (
            <Menu.Item
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              onClick={() =>
                confirm({
                  title: t`Mark as approved?`,
                  act: t`Mark as approved`,
                  children: t`Only when the provider holds exactly these words as approved: otherwise it refuses every message.`,
                  run: () => setStatus.mutateAsync({ id, status: 'approved' }),
                })
              }
            >
              <Trans>Mark as approved</Trans>
            </Menu.Item>
          )}
          {writes && status === 'disabled' && (
            <Menu.Item
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              onClick={() => become('approved')}
            >
              <Trans>Use again, as approved</Trans>
            </Menu.Item>
          )}
          {writes && status !== 'disabled' && status !== 'draft' && (
            <Menu.Item
              leftSection={<IconPlayerPause size={16} aria-hidden />}
              onClick={() => become('disabled')}
            >
              <div>
                <Trans>Take out of use</Trans>
                <Text size="xs" c="dimmed">
                  <Trans>New campaigns cannot be launched with it.</Trans>
                </Text>
              </div>
            </Menu.Item>
          )}
          {writes && (
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} aria-hidden />}
              onClick={() => void remove()}
            >
              <Trans>Delete</Trans>
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {looking && (
        <Suspense>
          <Versions template={template} dirty={dirty} onClose={() => setLooking(false)} />
        </Suspense>
      )}
      <TestSend
        opened={testing}
        onClose={() => setTesting(false)}
        subject={name}
        send={(who) => sendTest(id, who)}
      />
    </Group>
  );
}
