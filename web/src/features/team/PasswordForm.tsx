import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { fieldErrors } from '~/api/form';
import { useSession } from '~/api/session';
import { CurrentPassword } from '~/ui/CurrentPassword';
import { NewPassword } from '~/ui/NewPassword';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done } from '~/ui/toast';
import { useChangePassword } from './queries';

/** Changes one's password. */
export function PasswordForm() {
  const { t } = useLingui();
  const { user } = useSession();
  const change = useChangePassword();
  const form = useForm({ initialValues: { current: '', new: '' } });
  const submit = form.onSubmit(async (values) => {
    try {
      await change.mutateAsync(values);
      form.reset();
      done(<Trans>Your password is changed, and you are signed out everywhere else.</Trans>);
    } catch (problem) {
      form.setErrors(fieldErrors(problem));
    }
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        {/* Tells password managers whose password it is. */}
        <input type="hidden" name="username" autoComplete="username" value={user.email} readOnly />
        <CurrentPassword label={t`Current password`} {...form.getInputProps('current')} />
        <NewPassword label={t`New password`} {...form.getInputProps('new')} />
        {change.isError && <ProblemAlert problem={change.error} shown={['/current', '/new']} />}
        <Text size="sm" c="dimmed">
          <Trans>You stay signed in here and are signed out everywhere else.</Trans>
        </Text>
        <Group>
          <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
            <Trans>Change the password</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
