import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, Group, Stack, Switch, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '~/api/client';
import { useCan } from '~/api/session';
import { EmptyState } from '~/ui/EmptyState';
import { PageHeader } from '~/ui/PageHeader';
import { KeyTable } from './KeyTable';
import { NewKey } from './NewKey';
import { useKeys } from './queries';
import { RotateKey } from './RotateKey';
import { Sections } from './Sections';

/** `/developers`: the keys of programs. */
export function Keys() {
  const { t } = useLingui();
  const can = useCan();
  const may = can('keys.manage');
  const keys = useKeys(may);
  const [opened, { open, close }] = useDisclosure();
  const [revoked, setRevoked] = useState(false);
  const [replaced, setReplaced] = useState<Schemas['ApiKey']>();
  const all = keys.data?.data ?? [];
  const dead = all.filter((key) => !key.alive);
  const shown = all.filter((key) => revoked || key.alive);
  const make = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      <Trans>New API key</Trans>
    </Button>
  );
  return (
    <>
      <PageHeader
        title={t`Developers`}
        about={t`Programs speak to this server with an API key.`}
        actions={may && all.length > dead.length && make}
      />
      <Sections />
      {may ? (
        <Stack>
          <KeyTable
            keys={shown}
            query={keys}
            replace={setReplaced}
            empty={
              <EmptyState icon={IconKey} title={t`No API keys yet`} actions={make}>
                <Trans>
                  A shop or a CRM sends messages and keeps profiles in step with a key of its own. Give each
                  program one, so that you can revoke one without the others.
                </Trans>
              </EmptyState>
            }
          />
          {dead.length > 0 && (
            <Switch
              size="sm"
              checked={revoked}
              onChange={(e) => setRevoked(e.currentTarget.checked)}
              label={t`Show keys that ended (${dead.length})`}
            />
          )}
        </Stack>
      ) : (
        <EmptyState icon={IconKey} title={t`Owners and admins keep the API keys`}>
          <Trans>Ask one of them for a key for your program, and say what it is to do.</Trans>
        </EmptyState>
      )}
      <Group mt="xl" gap="lg">
        <Text size="sm" c="dimmed">
          <Trans>
            What a key can ask is in the{' '}
            <Anchor component={Link} to="/developers/api" underline="always" inherit>
              API reference
            </Anchor>
            . Client generators read{' '}
            <Anchor href="/api/v1/openapi.json" underline="always" inherit>
              openapi.json
            </Anchor>
            .
          </Trans>
        </Text>
      </Group>
      <NewKey opened={opened} close={close} />
      {replaced && <RotateKey replaced={replaced} close={() => setReplaced(undefined)} />}
    </>
  );
}
