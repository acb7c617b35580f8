import { Trans, useLingui } from '@lingui/react/macro';
import { SimpleGrid, Stack, Title } from '@mantine/core';
import { PageHeader } from '~/ui/PageHeader';
import { AboutMe } from './AboutMe';
import { PasswordForm } from './PasswordForm';
import { SecondFactor } from './SecondFactor';
import { Sessions } from './Sessions';

/** `/settings/me`: one's own account. */
export function Me() {
  const { t } = useLingui();
  return (
    <>
      <PageHeader title={t`Your account`} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl" verticalSpacing="xl">
        <Stack gap="xl">
          <section aria-labelledby="about-me">
            <Title order={2} size="h4" mb="sm" id="about-me">
              <Trans>About you</Trans>
            </Title>
            <AboutMe />
          </section>
          <section aria-labelledby="password">
            <Title order={2} size="h4" mb="sm" id="password">
              <Trans>Password</Trans>
            </Title>
            <PasswordForm />
          </section>
        </Stack>
        <Stack gap="xl">
          <section aria-labelledby="second-factor">
            <Title order={2} size="h4" mb="sm" id="second-factor">
              <Trans>Second factor</Trans>
            </Title>
            <SecondFactor />
          </section>
          <section aria-labelledby="sessions">
            <Title order={2} size="h4" mb="sm" id="sessions">
              <Trans>Where you are signed in</Trans>
            </Title>
            <Sessions />
          </section>
        </Stack>
      </SimpleGrid>
    </>
  );
}
