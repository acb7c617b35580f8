import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Stack, Title } from '@mantine/core';
import { IconLock, IconUserPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCan } from '~/api/session';
import { EmptyState } from '~/ui/EmptyState';
import { PageHeader } from '~/ui/PageHeader';
import { InvitePerson } from './InvitePerson';
import { Invites } from './Invites';
import { RoleMatrix } from './RoleMatrix';
import { Users } from './Users';

/** `/settings/people`: who works here, and as what. */
export function People() {
  const { t } = useLingui();
  const can = useCan();
  const manage = can('users.manage');
  const { invite } = useSearch({ from: '/shell/settings/people' });
  const navigate = useNavigate();
  const show = (invite: true | undefined) =>
    void navigate({ to: '/settings/people', search: invite ? { invite } : {}, replace: true });
  return (
    <>
      <PageHeader
        title={t`People and roles`}
        about={t`Everybody signs in with an account of their own. The role says what they may do.`}
        actions={
          manage && (
            <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => show(true)}>
              <Trans>Invite somebody</Trans>
            </Button>
          )
        }
      />
      <Stack gap="xl">
        {can('users.read') ? (
          <Users />
        ) : (
          <EmptyState icon={IconLock} title={t`Your role does not see who the users are`}>
            <Trans>Ask an owner or an admin if you need to know.</Trans>
          </EmptyState>
        )}
        {manage && <Invites />}
        <section aria-labelledby="roles">
          <Title order={2} size="h4" mb="sm" id="roles">
            <Trans>What the roles may do</Trans>
          </Title>
          <RoleMatrix />
        </section>
      </Stack>
      {manage && <InvitePerson opened={invite === true} close={() => show(undefined)} />}
    </>
  );
}
