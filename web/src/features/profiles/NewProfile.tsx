import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { fieldErrors } from '~/api/form';
import { useCan } from '~/api/session';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done } from '~/ui/toast';
import { useCreateProfile } from './queries';

/** Writes a profile by hand. */
export function NewProfile({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useLingui();
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t`New profile`}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <Form close={close} />
    </Modal>
  );
}

type Agreed = 'unknown' | 'yes' | 'no';

function Form({ close }: { close: () => void }) {
  const { t } = useLingui();
  const can = useCan();
  const navigate = useNavigate();
  const create = useCreateProfile();
  const form = useForm({
    initialValues: { name: '', phone: '', identity: '', agreed: 'unknown' as Agreed, source: '', proof: '' },
    validate: {
      phone: (phone, { identity }) =>
        phone.trim() === '' && identity.trim() === '' ? t`Give a number or an identity.` : null,
      source: (source, { agreed }) =>
        agreed !== 'unknown' && source.trim() === '' ? t`Say where you know it from.` : null,
    },
  });
  const submit = form.onSubmit(async ({ name, phone, identity, agreed, source, proof }) => {
    const decided = agreed !== 'unknown';
    try {
      const { outcome, opt_out_kept, profile } = await create.mutateAsync({
        name: name.trim() || undefined,
        phone: phone.trim() || undefined,
        identity: identity.trim() || undefined,
        opt_in: decided ? agreed === 'yes' : undefined,
        opt_in_source: decided ? source.trim() : undefined,
        opt_in_detail: decided ? proof.trim() || undefined : undefined,
      });
      if (opt_out_kept) done(t`Saved. The person opted out before: that stands.`);
      else if (outcome === 'created') done(t`The profile is made.`);
      else done(t`This person was here already. The profile is up to date.`);
      close();
      void navigate({ to: '/profiles/$id', params: { id: profile.id } });
    } catch (problem) {
      form.setErrors(fieldErrors(problem, { opt_in_source: 'source', opt_in_detail: 'proof' }));
    }
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label={t`Name`}
          autoComplete="off"
          data-autofocus
          dir="auto"
          {...form.getInputProps('name')}
        />
        <TextInput
          label={t`Phone number`}
          description={t`With + and country code, or as it is dialled in your own country.`}
          type="tel"
          dir="ltr"
          autoComplete="off"
          {...form.getInputProps('phone')}
        />
        <TextInput
          label={t`Identity`}
          description={t`Your own id of the person, such as a customer number. Without one, the number says who it is.`}
          dir="ltr"
          autoComplete="off"
          {...form.getInputProps('identity')}
        />
        {can('consent.write') && (
          <>
            <Select
              label={t`Agreed to get messages`}
              allowDeselect={false}
              data={[
                { value: 'unknown', label: t`Not known` },
                { value: 'yes', label: t`Yes, opted in` },
                { value: 'no', label: t`No, opted out` },
              ]}
              {...form.getInputProps('agreed')}
            />
            {form.values.agreed !== 'unknown' && (
              <>
                <TextInput
                  label={t`Where it comes from`}
                  placeholder={t`phone call`}
                  required
                  {...form.getInputProps('source')}
                />
                <TextInput
                  label={t`Proof`}
                  placeholder={t`what was said, when, to whom`}
                  {...form.getInputProps('proof')}
                />
              </>
            )}
          </>
        )}
        {create.isError && (
          <ProblemAlert
            problem={create.error}
            shown={['/name', '/phone', '/identity', '/opt_in_source', '/opt_in_detail']}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" loading={create.isPending}>
            <Trans>Save the profile</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
