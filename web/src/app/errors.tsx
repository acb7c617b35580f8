import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Container, Stack } from '@mantine/core';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';

export function NotFound() {
  const { t } = useLingui();
  return (
    <Container py="xl" size="sm">
      <PageHeader
        title={t`There is no page here`}
        about={t`The link is wrong, or what it showed was removed.`}
      />
      <Button component={Link} to="/">
        <Trans>Go to the start</Trans>
      </Button>
    </Container>
  );
}

/** A page that threw: what it says, and a way on. */
export function PageError({ error }: ErrorComponentProps) {
  const { t } = useLingui();
  const router = useRouter();
  return (
    <Container py="xl" size="sm">
      <Stack>
        <PageHeader title={t`This page cannot be shown`} />
        <ProblemAlert problem={error} retry={() => void router.invalidate()} />
      </Stack>
    </Container>
  );
}
