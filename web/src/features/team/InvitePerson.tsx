import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import type { Schemas } from '~/api/client';
import { fieldErrors } from '~/api/form';
import { useCan } from '~/api/session';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { useRoleNames } from '~/ui/roles';
import { OneTimeLink } from './OneTimeLink';
import { useInvite, useRoles } from './queries';
import { givable, type Role, useRoleAbout } from './roles';

/** Invites somebody: email and role, then the link. */
export function InvitePerson({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useLingui();
  const [made, setMade] = useState<Schemas['CreatedInvite']>();
  const leave = () => {
    close();
    setMade(undefined);
  };
  return (
    <Modal
      opened={opened}
      onClose={leave}
      size="lg"
      title={made ? t`Link for ${made.email}` : t`Invite somebody`}
      closeOnClickOutside={!made}
      closeOnEscape={!made}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {made ? (
        <OneTimeLink url={made.url} expiresAt={made.expires_at} email={made.email} close={leave} />
      ) : (
        <Form close={leave} tell={setMade} />
      )}
    </Modal>
  );
}

function Form({ close, tell }: { close: () => void; tell: (made: Schemas['CreatedInvite']) => void }) {
  const { t } = useLingui();
  const can = useCan();
  const names = useRoleNames();
  const about = useRoleAbout();
  const roles = useRoles();
  const invite = useInvite();
  const form = useForm({ initialValues: { email: '', role: 'viewer' as Role } });
  const submit = form.onSubmit(async ({ email, role }) => {
    try {
      tell(await invite.mutateAsync({ email: email.trim(), role }));
    } catch (problem) {
      form.setErrors(fieldErrors(problem));
    }
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t`Email`}
          description={t`They sign in with it. You get a link to give to them.`}
          type="email"
          required
          autoComplete="off"
          dir="ltr"
          data-autofocus
          {...form.getInputProps('email')}
        />
        <Radio.Group label={t`Role`} {...form.getInputProps('role')}>
          <Stack gap="xs" mt="xs">
            {givable(roles.data?.data ?? [], can).map((one) => (
              <Radio
                key={one.role}
                value={one.role}
                label={names[one.role] ?? one.role}
                description={about(one.role, one.about)}
              />
            ))}
          </Stack>
        </Radio.Group>
        {roles.isError && <ProblemAlert problem={roles.error} retry={() => void roles.refetch()} />}
        {invite.isError && <ProblemAlert problem={invite.error} shown={['/email', '/role']} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" loading={invite.isPending} disabled={!roles.data}>
            <Trans>Make the link</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
