import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { fieldErrors } from '~/api/form';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done } from '~/ui/toast';
import { type Profile, useChangeProfile } from './queries';

interface Props {
  person: Profile;
  opened: boolean;
  close: () => void;
}

/** Changes name and number. */
export function EditPerson({ person, opened, close }: Props) {
  const { t } = useLingui();
  const change = useChangeProfile(person.id);
  const form = useForm({ initialValues: { name: person.name ?? '', phone: person.phone ?? '' } });
  const submit = form.onSubmit(async ({ name, phone }) => {
    try {
      await change.mutateAsync({
        ...(name.trim() === (person.name ?? '') ? {} : { name: name.trim() || null }),
        ...(phone.trim() === (person.phone ?? '') ? {} : { phone: phone.trim() || null }),
      });
      done(t`Saved`);
      close();
    } catch (problem) {
      form.setErrors(fieldErrors(problem));
    }
  });
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t`Name and number`}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput label={t`Name`} dir="auto" data-autofocus {...form.getInputProps('name')} />
          <TextInput
            label={t`Phone number`}
            description={t`Consent belongs to the number as well: a number that opted out stays opted out.`}
            type="tel"
            dir="ltr"
            {...form.getInputProps('phone')}
          />
          {change.isError && <ProblemAlert problem={change.error} shown={['/name', '/phone']} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              <Trans>Cancel</Trans>
            </Button>
            <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
              <Trans>Save</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
