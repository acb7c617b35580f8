import { Trans, useLingui } from '@lingui/react/macro';
import { Button, List, Menu, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import type { Schemas } from '~/api/client';
import { openDialog } from '~/ui/dialogs';
import { track } from '~/ui/jobs';
import { Said } from '~/ui/Said';
import { failed } from '~/ui/toast';
import { type Carrier, useImport } from './queries';

/** Takes over what a provider holds. */
export function ImportMenu({ carriers }: { carriers: readonly Carrier[] }) {
  const { t } = useLingui();
  const importing = useImport();
  const [asked, setAsked] = useState<string>();
  const live = carriers.filter(({ account }) => account.state === 'active' || account.state === 'held');
  if (live.length === 0) return null;
  const run = async ({ account }: Carrier) => {
    setAsked(account.nickname);
    try {
      const name = account.nickname;
      const report = await track(
        { name: t`Templates of ${name}`, to: '/templates' },
        importing.mutateAsync(account.id),
        ({ created, updated, unchanged }) => t`${created} new, ${updated} changed, ${unchanged} as before.`,
        t`It did not work. Try again from the list of templates.`,
      );
      openDialog({
        title: t`Templates of ${name}`,
        children: <Report report={report} />,
        size: 'lg',
        closeButtonProps: { 'aria-label': t`Close` },
      });
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          loading={importing.isPending}
          aria-label={importing.isPending ? t`Importing from ${asked}` : undefined}
        >
          <Trans>Import from provider</Trans>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Trans>Takes over name, words and status; what you mapped or reworded stays.</Trans>
        </Menu.Label>
        {live.map((carrier) => (
          <Menu.Item
            key={carrier.account.id}
            disabled={!carrier.can('template_list')}
            onClick={() => void run(carrier)}
          >
            <bdi>{carrier.account.nickname}</bdi>
            <Text size="xs" c="dimmed">
              {carrier.can('template_list')
                ? carrier.provider
                : t`${carrier.provider} does not list its templates.`}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Report({ report }: { report: Schemas['Imported'] }) {
  const { created, updated, unchanged, differing, problems } = report;
  return (
    <Stack>
      <Text>
        <Trans>
          New: {created}. Changed: {updated}. The same as before: {unchanged}. Other words here than there:{' '}
          {differing}.
        </Trans>
      </Text>
      {problems.length > 0 && (
        <>
          <Text fw={600} size="sm">
            <Trans>What needs you</Trans>
          </Text>
          <List size="sm" spacing={4}>
            {problems.map((problem) => (
              <List.Item key={problem}>
                <Said text={problem} />
              </List.Item>
            ))}
          </List>
        </>
      )}
    </Stack>
  );
}
