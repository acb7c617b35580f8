import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { fieldErrors } from '~/api/form';
import { useSession } from '~/api/session';
import { LANGUAGES, type Language, speak } from '~/i18n';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { useRoleNames } from '~/ui/roles';
import { done } from '~/ui/toast';
import { useChangeMe } from './queries';
import { useRoleAbout } from './roles';

/** One's name and language; email and role are given by others. */
export function AboutMe() {
  const { t, i18n } = useLingui();
  const { user } = useSession();
  const names = useRoleNames();
  const about = useRoleAbout();
  const change = useChangeMe();
  const form = useForm({ initialValues: { name: user.name, language: user.language ?? i18n.locale } });
  const submit = form.onSubmit(async ({ name, language }) => {
    try {
      await change.mutateAsync({ name: name.trim(), language });
      if (language in LANGUAGES) await speak(language as Language);
      form.resetDirty();
      done(<Trans>Saved.</Trans>);
    } catch (problem) {
      form.setErrors(fieldErrors(problem));
    }
  });
  const role = names[user.role] ?? user.role;
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput label={t`Email`} value={user.email} readOnly dir="ltr" variant="filled" />
        <TextInput label={t`Name`} required autoComplete="name" dir="auto" {...form.getInputProps('name')} />
        <Select
          label={t`Language`}
          description={t`It follows you to other browsers.`}
          allowDeselect={false}
          data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('language')}
        />
        <Text size="sm">
          <Trans>
            Your role is <b>{role}</b>.
          </Trans>{' '}
          {about(user.role)}
        </Text>
        {change.isError && <ProblemAlert problem={change.error} shown={['/name', '/language']} />}
        <Group>
          <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
            <Trans>Save</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
